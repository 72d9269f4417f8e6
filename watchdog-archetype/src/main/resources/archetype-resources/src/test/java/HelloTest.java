#if( $kind == "main" )
#parse( "/archetype-resources/kinds/main/HelloTest.java" )
#else
#parse( "/archetype-resources/kinds/HelloTest.java" )
#end
