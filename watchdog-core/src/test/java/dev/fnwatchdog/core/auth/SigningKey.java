package dev.fnwatchdog.core.auth;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** A key of an authority that signs with the JDK alone, also tokens that no library would sign. */
record SigningKey(String id, String algorithm, KeyPair pair) {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    static SigningKey rsa(String id, int bits) {
        return generate(id, "RS256", "RSA", bits);
    }

    static SigningKey ed25519(String id) {
        return generate(id, "EdDSA", "Ed25519", 255);
    }

    static SigningKey ec(String id) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return new SigningKey(id, "ES256", generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static SigningKey generate(String id, String algorithm, String type, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
            generator.initialize(bits);
            return new SigningKey(id, algorithm, generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String base64(byte[] bytes) {
        return BASE64.encodeToString(bytes);
    }

    static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The public key as a JWK with {@code kid}, {@code alg} and {@code use}, as most authorities publish it. */
    String jwk() {
        return jwkWith("\"kid\":\"%s\",\"alg\":\"%s\",\"use\":\"sig\"".formatted(id, algorithm));
    }

    /** @param members the members beside those of the key itself, as JSON without braces */
    String jwkWith(String members) {
        return "{" + material() + (members.isEmpty() ? "" : "," + members) + "}";
    }

    private String material() {
        if (pair.getPublic() instanceof RSAPublicKey rsa) {
            return "\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\""
                    .formatted(number(rsa.getModulus()), number(rsa.getPublicExponent()));
        }
        if (pair.getPublic() instanceof ECPublicKey ec) {
            return "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\""
                    .formatted(
                            coordinate(ec.getW().getAffineX()),
                            coordinate(ec.getW().getAffineY()));
        }
        if (pair.getPublic() instanceof EdECPublicKey edwards) {
            byte[] encoded = edwards.getEncoded();
            byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
            return "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"".formatted(base64(point));
        }
        throw new AssertionError("no such key");
    }

    private static String number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return base64(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private static String coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[32];
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, padded, 32 - length, length);
        return base64(padded);
    }

    /** A token with the usual header and the given claims. */
    String token(String claims) {
        return token("{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"%s\"}".formatted(algorithm, id), claims);
    }

    /** A token with any header, signed with the algorithm of this key unless {@code alg} is RS512. */
    String token(String header, String claims) {
        String signed = base64(header) + "." + base64(claims);
        return signed + "." + base64(sign(header, signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private byte[] sign(String header, byte[] bytes) {
        String name = switch (algorithm) {
            case "RS256" -> header.contains("\"RS512\"") ? "SHA512withRSA" : "SHA256withRSA";
            case "ES256" -> "SHA256withECDSAinP1363Format";
            default -> "Ed25519";
        };
        try {
            Signature signature = Signature.getInstance(name);
            signature.initSign(pair.getPrivate());
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
