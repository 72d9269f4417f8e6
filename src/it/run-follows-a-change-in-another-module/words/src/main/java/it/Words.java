package it;

public class Words {
    public static String greeting() {
        return "first";
    }
}
