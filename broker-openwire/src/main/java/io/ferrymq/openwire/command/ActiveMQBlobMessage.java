package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A message whose body lies elsewhere, at {@code remoteBlobUrl}. Exists from version 3 on. */
public final class ActiveMQBlobMessage extends ActiveMQMessage {
    public static final byte TYPE = 29;

    public @Nullable String remoteBlobUrl;
    public @Nullable String mimeType;
    public boolean deletedByBroker;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        remoteBlobUrl = m.string(remoteBlobUrl);
        mimeType = m.string(mimeType);
        deletedByBroker = m.bool(deletedByBroker);
    }
}
