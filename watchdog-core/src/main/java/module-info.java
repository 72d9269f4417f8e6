/** The watchdog's domain: no web server, no Maven. */
module dev.fnwatchdog.core {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires io.prometheus.metrics.config;
    requires io.prometheus.metrics.core;
    requires io.prometheus.metrics.instrumentation.jvm;
    requires transitive io.prometheus.metrics.model;
    requires io.prometheus.writer.text;
    requires java.management;
    requires java.net.http;
    requires jjwt.api;
    requires org.json;

    exports dev.fnwatchdog.core.auth;
    exports dev.fnwatchdog.core.config;
    exports dev.fnwatchdog.core.health;
    exports dev.fnwatchdog.core.limit;
    exports dev.fnwatchdog.core.log;
    exports dev.fnwatchdog.core.metrics;
    exports dev.fnwatchdog.core.process;
    exports dev.fnwatchdog.core.process.launch;
    exports dev.fnwatchdog.core.process.posix;
    exports dev.fnwatchdog.core.process.training;
    exports dev.fnwatchdog.core.process.tree;
    exports dev.fnwatchdog.core.request;
}
