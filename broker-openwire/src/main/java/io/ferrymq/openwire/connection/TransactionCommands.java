package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.DataArrayResponse;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.TransactionInfo;
import io.ferrymq.transaction.TransactionId;
import org.jspecify.annotations.Nullable;

/** Local transactions; XA is refused in words a transaction manager understands. Owned by the connection's event loop. */
final class TransactionCommands {
    /** javax.transaction.xa.XAException.XAER_RMERR: the resource manager cannot do it. */
    private static final int XAER_RMERR = -3;

    private final Link link;
    private final ClientState state;

    TransactionCommands(Link link, ClientState state) {
        this.link = link;
        this.state = state;
    }

    void onTransaction(TransactionInfo info) {
        if (info.type == TransactionInfo.RECOVER) {
            recover(info);
        } else if (info.transactionId != null && info.transactionId.isXa()) {
            refuseXa(link, info, info.transactionId);
        } else {
            onLocal(info, Names.transaction(info.transactionId));
        }
    }

    private void onLocal(TransactionInfo info, TransactionId id) {
        switch (info.type) {
            case TransactionInfo.BEGIN -> begin(info, id);
            case TransactionInfo.COMMIT_ONE_PHASE, TransactionInfo.COMMIT_TWO_PHASE ->
                state.client().commit(id, link.receipt(info));
            case TransactionInfo.ROLLBACK, TransactionInfo.FORGET ->
                state.client().rollback(id, link.receipt(info));
            case TransactionInfo.PREPARE -> refuse(info, Refusals.notPrepared(id));
            // Exchanges, section 10: only a point of synchronisation.
            case TransactionInfo.END -> link.respond(info.commandId, info.responseRequired);
            default -> {
                String what = "a local transaction cannot do this: transaction=" + id + ", operation=" + info.type;
                refuse(info, new Refusal(Refusal.Code.TRANSACTION, what));
            }
        }
    }

    private void begin(TransactionInfo info, TransactionId id) {
        if (id.isNone()) {
            refuse(info, new Refusal(Refusal.Code.TRANSACTION, "a transaction needs an id"));
        } else {
            state.client().begin(id);
            link.respond(info.commandId, info.responseRequired);
        }
    }

    /** There is no prepared transaction to report; a transaction manager that scans at start is content with that. */
    private void recover(TransactionInfo info) {
        if (info.responseRequired) {
            DataArrayResponse none = new DataArrayResponse();
            none.correlationId = info.commandId;
            none.data = new DataStructure[0];
            link.send(none);
        }
    }

    static void refuseXa(
            Link link, BaseCommand command, io.ferrymq.openwire.command.@Nullable TransactionId transaction) {
        link.refuse(
                command.commandId,
                command.responseRequired,
                Errors.xa("XA transactions are not supported by this version of FerryMQ: " + transaction, XAER_RMERR));
    }

    private void refuse(BaseCommand command, Refusal refusal) {
        link.refuse(command.commandId, command.responseRequired, refusal);
    }
}
