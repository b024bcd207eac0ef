package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import io.ferrymq.message.Xid;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.DataArrayResponse;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.TransactionInfo;
import io.ferrymq.session.Client;
import io.ferrymq.transaction.TransactionId;
import java.util.List;

/** Local transactions, and the global ones of a transaction manager (XA). Owned by the connection's event loop. */
final class TransactionCommands {
    private final Link link;
    private final ClientState state;

    TransactionCommands(Link link, ClientState state) {
        this.link = link;
        this.state = state;
    }

    void onTransaction(TransactionInfo info) {
        if (info.type == TransactionInfo.RECOVER) {
            recover(info);
            return;
        }
        TransactionId id = Names.transaction(info.transactionId);
        if (id.isNone()) {
            refuse(info, "a transaction needs an id");
        } else {
            on(info, id, state.client());
        }
    }

    private void on(TransactionInfo info, TransactionId id, Client client) {
        switch (info.type) {
            case TransactionInfo.BEGIN -> begin(info, id);
            // Exchanges, section 10: only a point of synchronisation.
            case TransactionInfo.END -> link.respond(info.commandId, info.responseRequired);
            case TransactionInfo.PREPARE -> client.prepare(id, new PrepareAnswer(link, info));
            case TransactionInfo.COMMIT_ONE_PHASE -> client.commit(id, link.receipt(info));
            case TransactionInfo.COMMIT_TWO_PHASE -> client.commitPrepared(id, link.receipt(info));
            case TransactionInfo.ROLLBACK -> client.rollback(id, link.receipt(info));
            case TransactionInfo.FORGET -> client.forget(id, link.receipt(info));
            default -> refuse(info, "no transaction can do this: transaction=" + id + ", operation=" + info.type);
        }
    }

    private void begin(TransactionInfo info, TransactionId id) {
        state.client().begin(id);
        link.respond(info.commandId, info.responseRequired);
    }

    private void recover(TransactionInfo info) {
        link.hold(Link.COMMAND_BYTES);
        state.client().recover(all -> {
            if (info.responseRequired) {
                link.send(prepared(info, all));
            }
            link.release(Link.COMMAND_BYTES);
        });
    }

    private static DataArrayResponse prepared(TransactionInfo info, List<Xid> all) {
        DataArrayResponse response = new DataArrayResponse();
        response.correlationId = info.commandId;
        response.data = all.stream().map(Names::wire).toArray(DataStructure[]::new);
        return response;
    }

    private void refuse(BaseCommand command, String what) {
        link.refuse(command.commandId, command.responseRequired, new Refusal(Refusal.Code.TRANSACTION, what));
    }
}
