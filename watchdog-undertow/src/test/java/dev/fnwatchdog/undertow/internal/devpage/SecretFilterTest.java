package dev.fnwatchdog.undertow.internal.devpage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves specification 13.3. */
class SecretFilterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "http://user:geheim@host:80/path|http://***@host:80/path",
                "https://geheim@host|https://***@host",
                "http://host/a@b|http://host/a@b",
                "server --password=geheim --port=80|server --password=*** --port=80",
                "server --db-password geheim --port 80|server --db-password *** --port 80",
                "server --password 'ge heim' x|server --password *** x",
                "server --password \"ge \\\" heim\" x|server --password *** x",
                "curl http://host/?api_key=geheim&page=2|curl http://host/?api_key=***&page=2",
                "ACCESS_TOKEN=geheim run|ACCESS_TOKEN=*** run",
                "client-secret: geheim|client-secret: ***",
                "node server.js --port 3000|node server.js --port 3000",
            })
    void whatANameIntroducesAsSecretIsReplaced(String value, String shown) {
        assertThat(SecretFilter.withoutSecrets(value)).isEqualTo(shown);
    }
}
