package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** The command failed. */
public final class ExceptionResponse extends Response {
    public static final byte TYPE = 31;

    public @Nullable WireThrowable exception;

    public ExceptionResponse() {}

    public ExceptionResponse(int correlationId, WireThrowable exception) {
        super(correlationId);
        this.exception = exception;
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        exception = m.throwable(exception);
    }
}
