package io.ferrymq.interop;

import jakarta.jms.JMSException;
import java.io.IOException;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ExceptionResponse;
import org.apache.activemq.transport.FutureResponse;
import org.apache.activemq.transport.ResponseCallback;
import org.apache.activemq.transport.Transport;
import org.apache.activemq.transport.TransportFilter;

/** Makes connections that note in the transcript what the broker refuses, whether or not the client shows it. */
final class RecordedFactory extends ActiveMQConnectionFactory {
    private final Transcript transcript;

    RecordedFactory(String uri, Transcript transcript) {
        super(uri);
        this.transcript = transcript;
    }

    @Override
    protected Transport createTransport() throws JMSException {
        return new TransportFilter(super.createTransport()) {
            /** The filter of the client forgets the callback. */
            @Override
            public FutureResponse asyncRequest(Object command, ResponseCallback callback) throws IOException {
                return next.asyncRequest(command, callback);
            }

            @Override
            public Object request(Object command) throws IOException {
                return noted(command, super.request(command));
            }

            @Override
            public Object request(Object command, int timeoutMs) throws IOException {
                return noted(command, super.request(command, timeoutMs));
            }
        };
    }

    private Object noted(Object command, Object answer) {
        if (answer instanceof ExceptionResponse refusal) {
            transcript.refused(command, refusal.getException());
        }
        return answer;
    }
}
