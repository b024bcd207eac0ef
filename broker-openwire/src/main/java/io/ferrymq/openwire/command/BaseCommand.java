package io.ferrymq.openwire.command;

/**
 * A structure that travels as a frame of its own and can ask for an answer. {@code commandId} counts per sending transport and is
 * what {@link Response#correlationId} refers to.
 */
public abstract class BaseCommand extends DataStructure {
    public int commandId;
    public boolean responseRequired;

    @Override
    public void fields(Marshaller m) {
        commandId = m.int32(commandId);
        responseRequired = m.bool(responseRequired);
    }
}
