package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A client opens a session. Session -1 is implicit and arrives without one of these. */
public final class SessionInfo extends BaseCommand {
    public static final byte TYPE = 4;

    public @Nullable SessionId sessionId;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        sessionId = m.cached(sessionId, SessionId.class);
    }
}
