package dev.fnwatchdog.undertow.internal.proxy;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of the upstream's host (specification 1.14). A name may stand for several ({@code localhost} is often both
 * 127.0.0.1 and ::1, and a server may listen on only one of them): the one that accepted a connection last comes first. A name
 * is looked up by one thread at a time, and its addresses are kept for at most 30 s; a failure is not kept. The text of an
 * address is never looked up.
 *
 * <p>Threads: any; lookups block threads of the executor alone.
 */
final class HostLookup {
    private static final long LIFETIME_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}|.*:.*");

    /** Looks up a name; blocks. */
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** Receives the result of a lookup. */
    interface Listener {
        /**
         * Receives the addresses in the order in which they are to be tried.
         *
         * @param addresses at least one
         */
        void found(List<InetSocketAddress> addresses);

        void notFound(IOException reason);
    }

    /** Where lookups run, what they ask, and the {@link System#nanoTime()} that addresses age by. */
    record Source(Executor executor, Resolver resolver, LongSupplier nanoTime) {
        static Source ofSystem(Executor executor) {
            return new Source(executor, InetAddress::getAllByName, System::nanoTime);
        }
    }

    private record Known(List<InetSocketAddress> addresses, long since) {}

    private record Waiting(Executor thread, Listener listener) {}

    private final String host;
    private final int port;
    private final Source source;
    private final List<InetSocketAddress> fixed;

    // Mutable state
    private volatile @Nullable Known known;
    private volatile @Nullable InetSocketAddress preferred;
    // Under this object's lock; not empty while a lookup runs
    @GuardedBy("this")
    private final List<Waiting> waiting = new ArrayList<>();

    /** @param host as in a URL: the text of an IPv6 address is in brackets */
    HostLookup(String host, int port, Source source) {
        this.host = host.replaceAll("^\\[|]$", "");
        this.port = port;
        this.source = source;
        this.fixed = ADDRESS.matcher(this.host).matches() ? parsed() : List.of();
    }

    /** Returns the address whose text the host is; empty for a name, and for an interface that does not exist. */
    private List<InetSocketAddress> parsed() {
        try {
            return withPort(InetAddress.getAllByName(host));
        } catch (UnknownHostException absentInterface) {
            // It may appear later: it is looked up as a name is.
            return List.of();
        }
    }

    private List<InetSocketAddress> withPort(InetAddress[] addresses) {
        List<InetSocketAddress> found = new ArrayList<>(addresses.length);
        for (InetAddress address : addresses) {
            found.add(new InetSocketAddress(address, port));
        }
        return List.copyOf(found);
    }

    /**
     * Passes the addresses to {@code listener}: before this returns where they are known, otherwise on {@code thread} after a
     * lookup.
     */
    void find(Executor thread, Listener listener) {
        List<InetSocketAddress> addresses = current();
        if (!addresses.isEmpty()) {
            listener.found(inOrder(addresses));
            return;
        }
        boolean first;
        synchronized (this) {
            first = waiting.isEmpty();
            waiting.add(new Waiting(thread, listener));
        }
        if (first) {
            startLookup();
        }
    }

    private List<InetSocketAddress> current() {
        if (!fixed.isEmpty()) {
            return fixed;
        }
        Known last = known;
        return last != null && source.nanoTime().getAsLong() - last.since() < LIFETIME_NANOS
                ? last.addresses()
                : List.of();
    }

    private void startLookup() {
        try {
            source.executor().execute(this::lookUp);
        } catch (RejectedExecutionException e) {
            deliver(List.of(), new IOException("no thread is available to look up the host " + host, e));
        }
    }

    private void lookUp() {
        long begin = source.nanoTime().getAsLong();
        List<InetSocketAddress> found = List.of();
        IOException failure = new UnknownHostException("the host " + host + " cannot be found");
        try {
            found = withPort(source.resolver().resolve(host));
            known = new Known(found, begin);
        } catch (UnknownHostException e) {
            failure.initCause(e);
        } finally {
            // Whatever the resolver throws: those that wait must not wait forever.
            deliver(found, failure);
        }
    }

    private void deliver(List<InetSocketAddress> found, IOException failure) {
        List<Waiting> served;
        synchronized (this) {
            served = List.copyOf(waiting);
            waiting.clear();
        }
        for (Waiting one : served) {
            try {
                one.thread().execute(() -> {
                    if (found.isEmpty()) {
                        one.listener().notFound(failure);
                    } else {
                        one.listener().found(inOrder(found));
                    }
                });
            } catch (RejectedExecutionException terminated) {
                // The watchdog's threads have ended, and all that waited with them.
            }
        }
    }

    /** Records that a server has accepted a connection on this address. */
    void prefer(InetSocketAddress address) {
        if (!address.equals(preferred)) {
            preferred = address;
        }
    }

    private List<InetSocketAddress> inOrder(List<InetSocketAddress> addresses) {
        InetSocketAddress last = preferred;
        if (last == null || addresses.get(0).equals(last) || !addresses.contains(last)) {
            return addresses;
        }
        List<InetSocketAddress> ordered = new ArrayList<>(addresses);
        ordered.remove(last);
        ordered.add(0, last);
        return ordered;
    }
}
