package io.ferrymq.client.vm;

import io.ferrymq.transport.Pipe;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.transport.TransportSupport;
import org.apache.activemq.util.ServiceStopper;
import org.apache.activemq.wireformat.WireFormat;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one connection. Commands are marshalled by the thread that sends them, which waits while the broker does
 * not read; a thread of its own, which ends with it, reads what the broker sends.
 */
final class VmTransport extends TransportSupport {
    private static final int BUFFER_BYTES = 16 << 10;
    /** A listener that hangs must not keep others from closing. */
    private static final int JOIN_MS = 1_000;

    private final VmUrl url;
    private final VmBrokers brokers;
    private final OpenWireFormat wireFormat;
    private volatile @Nullable Connected connected;
    private volatile int received;

    /** What there is from the start on. */
    private record Connected(Lease lease, DataOutputStream output, Thread reader) {}

    VmTransport(VmUrl url, VmBrokers brokers, OpenWireFormat wireFormat) {
        this.url = url;
        this.brokers = brokers;
        this.wireFormat = wireFormat;
    }

    @Override
    protected void doStart() throws IOException {
        Lease lease = brokers.connect(url);
        Thread reader = new Thread(() -> read(lease), "ferrymq-client " + lease.pipe());
        reader.setDaemon(true);
        DataOutputStream output =
                new DataOutputStream(new BufferedOutputStream(lease.pipe().output(), BUFFER_BYTES));
        connected = new Connected(lease, output, reader);
        reader.start();
    }

    /** The top of the reader's thread. What the client's code throws ends the connection, as it does over TCP. */
    private void read(Lease lease) {
        try {
            DataInputStream input =
                    new DataInputStream(new BufferedInputStream(lease.pipe().input(), BUFFER_BYTES));
            while (!isStopped()) {
                Object command = wireFormat.unmarshal(input);
                received++;
                doConsume(command);
            }
        } catch (IOException e) {
            fail(new IOException("the connection to " + lease.pipe() + " is closed: " + e, e));
        } catch (Throwable e) {
            fail(new IOException("unexpected: " + e, e));
        }
    }

    private void fail(IOException cause) {
        if (!isStopped()) {
            onException(cause);
        }
    }

    @Override
    public void oneway(Object command) throws IOException {
        checkStarted();
        Connected current = connected;
        if (current == null) {
            throw new IOException("not connected: " + url);
        }
        try {
            wireFormat.marshal(command, current.output());
            current.output().flush();
        } catch (ClosedChannelException e) {
            throw new IOException("the connection to " + current.lease().pipe() + " is closed", e);
        }
    }

    @Override
    protected void doStop(ServiceStopper stopper) {
        Connected current = connected;
        if (current == null) {
            return;
        }
        current.lease().pipe().close();
        try {
            if (Thread.currentThread() != current.reader()) {
                current.reader().join(JOIN_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            current.lease().giveBack();
        }
    }

    /** Like the socket of others, the pipe can be had: to break it in a test. */
    @Override
    public <T> @Nullable T narrow(Class<T> target) {
        Connected current = connected;
        return current != null && target == Pipe.class
                ? target.cast(current.lease().pipe())
                : super.narrow(target);
    }

    @Override
    public String getRemoteAddress() {
        Connected current = connected;
        return current == null ? url.toString() : current.lease().pipe().toString();
    }

    @Override
    public int getReceiveCounter() {
        return received;
    }

    @Override
    public X509Certificate @Nullable [] getPeerCertificates() {
        return null;
    }

    @Override
    public void setPeerCertificates(X509Certificate[] certificates) {}

    @Override
    public WireFormat getWireFormat() {
        return wireFormat;
    }

    @Override
    public String toString() {
        return getRemoteAddress();
    }
}
