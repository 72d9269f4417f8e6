package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.config.LogConfig;
import java.util.Locale;

/** The formats of the watchdog's own lines and of the function's lines, which belong together (specification 6). */
sealed interface LogStyle {
    /** Returns the format of the watchdog's own lines. */
    LogFormat own(LogConfig config);

    /** Returns the format of the lines of one of the function's streams. */
    FunctionLogFormat function(LogReceiver.Output stream, LogConfig config);

    /** Returns whether the line of a request tells who has sent it. */
    default boolean describesCallers(LogConfig config) {
        return config.traceId();
    }

    /** Returns the name of a stream in messages. */
    static String name(LogReceiver.Output stream) {
        return stream.name().toLowerCase(Locale.ROOT);
    }

    /** As of-watchdog prints them. */
    record Text(LogClock clock) implements LogStyle {
        @Override
        public LogFormat own(LogConfig config) {
            return new TextLogFormat(new TextLogFormat.Timestamp(clock), config.callId(), config.traceId());
        }

        @Override
        public FunctionLogFormat function(LogReceiver.Output stream, LogConfig config) {
            return config.prefix()
                    ? FunctionLogFormat.prefixed(clock, name(stream), config.bufferSize())
                    : FunctionLogFormat.bare(config.bufferSize());
        }
    }

    /** Objects in lines. */
    record Json(LogClock clock) implements LogStyle {
        @Override
        public LogFormat own(LogConfig config) {
            return new JsonLogFormat(clock);
        }

        @Override
        public boolean describesCallers(LogConfig config) {
            return true;
        }

        @Override
        public FunctionLogFormat function(LogReceiver.Output stream, LogConfig config) {
            return config.prefix()
                    ? FunctionLogFormat.json(clock, name(stream))
                    : FunctionLogFormat.bare(config.bufferSize());
        }
    }

    /** For a {@link ReceiverStream}. */
    record Received() implements LogStyle {
        @Override
        public LogFormat own(LogConfig config) {
            return new TextLogFormat(new ReceiverStream.OwnLines(), config.callId(), config.traceId());
        }

        @Override
        public FunctionLogFormat function(LogReceiver.Output stream, LogConfig config) {
            ReceiverStream.Kind kind =
                    stream == LogReceiver.Output.STDOUT ? ReceiverStream.Kind.STDOUT : ReceiverStream.Kind.STDERR;
            return FunctionLogFormat.received(kind, config.bufferSize());
        }
    }
}
