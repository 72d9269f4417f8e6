package it;

public class Greeting {
    public static void main(String[] arguments) {
        System.out.print(Words.greeting());
    }
}
