#!/bin/sh
# Makes the certificates of the TLS tests again, with the keytool of the JDK. They are valid for a century, except the expired one.
set -eu
cd "$(dirname "$0")"
rm -f ./*.p12 ./*.pem

make() { # make FILE ARGUMENTS...: a key with a self-signed certificate
    file=$1
    shift
    keytool -genkeypair -keystore "$file" -storetype PKCS12 -storepass changeit -alias key \
        -keyalg EC -groupname secp256r1 -validity 36500 "$@"
}

sign() { # sign FILE ARGUMENTS...: lets the authority sign the certificate of FILE
    file=$1
    shift
    keytool -certreq -keystore "$file" -storepass changeit -alias key |
        keytool -gencert -keystore authority.p12 -storepass changeit -alias key -rfc "$@" >signed.pem
    cat authority.pem >>signed.pem
    keytool -importcert -noprompt -keystore "$file" -storepass changeit -alias key -file signed.pem
    rm signed.pem
}

make authority.p12 -dname CN=authority -ext bc:c
keytool -exportcert -rfc -keystore authority.p12 -storepass changeit -alias key >authority.pem

make function.p12 -dname CN=function
sign function.p12 -validity 36500 -ext san=dns:localhost,ip:127.0.0.1

make expired.p12 -dname CN=expired
sign expired.p12 -startdate -2y -validity 365 -ext san=dns:localhost,ip:127.0.0.1

make other-host.p12 -dname CN=other-host
sign other-host.p12 -validity 36500 -ext san=dns:other.example

make unknown.p12 -dname CN=unknown -ext san=dns:localhost,ip:127.0.0.1
keytool -exportcert -rfc -keystore unknown.p12 -storepass changeit -alias key >unknown.pem
rm authority.p12
