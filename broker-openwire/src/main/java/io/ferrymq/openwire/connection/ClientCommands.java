package io.ferrymq.openwire.connection;

import io.ferrymq.openwire.command.ActiveMQBlobMessage;
import io.ferrymq.openwire.command.ActiveMQBytesMessage;
import io.ferrymq.openwire.command.ActiveMQMapMessage;
import io.ferrymq.openwire.command.ActiveMQMessage;
import io.ferrymq.openwire.command.ActiveMQObjectMessage;
import io.ferrymq.openwire.command.ActiveMQStreamMessage;
import io.ferrymq.openwire.command.ActiveMQTextMessage;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.ConnectionControl;
import io.ferrymq.openwire.command.ConnectionError;
import io.ferrymq.openwire.command.ConsumerControl;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.ControlCommand;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.DestinationInfo;
import io.ferrymq.openwire.command.FlushCommand;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.MessageAck;
import io.ferrymq.openwire.command.MessagePull;
import io.ferrymq.openwire.command.ProducerInfo;
import io.ferrymq.openwire.command.RemoveInfo;
import io.ferrymq.openwire.command.RemoveSubscriptionInfo;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.SessionInfo;
import io.ferrymq.openwire.command.TransactionInfo;

/** Every command of a connected client to the method that does it. Owned by the connection's event loop. */
final class ClientCommands {
    private final Link link;
    private final SessionCommands sessions;
    private final MessageCommands messages;
    private final TransactionCommands transactions;
    private final DestinationCommands destinations;
    private final StatusCommand status;

    ClientCommands(
            Link link,
            SessionCommands sessions,
            MessageCommands messages,
            TransactionCommands transactions,
            DestinationCommands destinations,
            StatusCommand status) {
        this.link = link;
        this.sessions = sessions;
        this.messages = messages;
        this.transactions = transactions;
        this.destinations = destinations;
        this.status = status;
    }

    /** @throws ProtocolViolation when no client of a broker says such a thing */
    void on(DataStructure command) {
        switch (command.typeCode()) {
            case ActiveMQMessage.TYPE,
                    ActiveMQBytesMessage.TYPE,
                    ActiveMQMapMessage.TYPE,
                    ActiveMQObjectMessage.TYPE,
                    ActiveMQStreamMessage.TYPE,
                    ActiveMQTextMessage.TYPE,
                    ActiveMQBlobMessage.TYPE -> messages.onMessage((Message) command);
            case MessageAck.TYPE -> messages.onAck((MessageAck) command);
            case MessagePull.TYPE -> messages.onPull((MessagePull) command);
            case TransactionInfo.TYPE -> transactions.onTransaction((TransactionInfo) command);
            case SessionInfo.TYPE -> sessions.onSession((SessionInfo) command);
            case ProducerInfo.TYPE -> sessions.onProducer((ProducerInfo) command);
            case ConsumerInfo.TYPE -> sessions.onConsumer((ConsumerInfo) command);
            case ConsumerControl.TYPE -> sessions.onConsumerControl((ConsumerControl) command);
            case RemoveInfo.TYPE -> sessions.onRemove((RemoveInfo) command);
            case DestinationInfo.TYPE -> destinations.onDestination((DestinationInfo) command);
            case RemoveSubscriptionInfo.TYPE -> destinations.onRemoveSubscription((RemoveSubscriptionInfo) command);
            case ControlCommand.TYPE -> status.onControl((ControlCommand) command);
            case ConnectionControl.TYPE, FlushCommand.TYPE, ConnectionError.TYPE -> acknowledge((BaseCommand) command);
            // Exchanges, section 13: a failover client leaks bare Responses.
            case Response.TYPE -> {}
            default -> throw new ProtocolViolation("a command no client sends: type=" + command.typeCode());
        }
    }

    /** A message that is too large to be read; false when its client has to be left. */
    boolean refuseOversized(MessageHead head, String what) {
        return messages.refuseOversized(head, what);
    }

    private void acknowledge(BaseCommand command) {
        link.respond(command.commandId, command.responseRequired);
    }
}
