package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.ActiveMQBlobMessage;
import io.ferrymq.openwire.command.ActiveMQBytesMessage;
import io.ferrymq.openwire.command.ActiveMQMapMessage;
import io.ferrymq.openwire.command.ActiveMQMessage;
import io.ferrymq.openwire.command.ActiveMQObjectMessage;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQStreamMessage;
import io.ferrymq.openwire.command.ActiveMQTempQueue;
import io.ferrymq.openwire.command.ActiveMQTempTopic;
import io.ferrymq.openwire.command.ActiveMQTextMessage;
import io.ferrymq.openwire.command.ActiveMQTopic;
import io.ferrymq.openwire.command.BrokerId;
import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.BrokerSubscriptionInfo;
import io.ferrymq.openwire.command.ConnectionControl;
import io.ferrymq.openwire.command.ConnectionError;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.ConsumerControl;
import io.ferrymq.openwire.command.ConsumerId;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.ControlCommand;
import io.ferrymq.openwire.command.DataArrayResponse;
import io.ferrymq.openwire.command.DataResponse;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.DestinationInfo;
import io.ferrymq.openwire.command.DiscoveryEvent;
import io.ferrymq.openwire.command.ExceptionResponse;
import io.ferrymq.openwire.command.FlushCommand;
import io.ferrymq.openwire.command.IntegerResponse;
import io.ferrymq.openwire.command.JournalQueueAck;
import io.ferrymq.openwire.command.JournalTopicAck;
import io.ferrymq.openwire.command.JournalTrace;
import io.ferrymq.openwire.command.JournalTransaction;
import io.ferrymq.openwire.command.KeepAliveInfo;
import io.ferrymq.openwire.command.LastPartialCommand;
import io.ferrymq.openwire.command.LocalTransactionId;
import io.ferrymq.openwire.command.MessageAck;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.MessageDispatchNotification;
import io.ferrymq.openwire.command.MessageId;
import io.ferrymq.openwire.command.MessagePull;
import io.ferrymq.openwire.command.NetworkBridgeFilter;
import io.ferrymq.openwire.command.PartialCommand;
import io.ferrymq.openwire.command.ProducerAck;
import io.ferrymq.openwire.command.ProducerId;
import io.ferrymq.openwire.command.ProducerInfo;
import io.ferrymq.openwire.command.RemoveInfo;
import io.ferrymq.openwire.command.RemoveSubscriptionInfo;
import io.ferrymq.openwire.command.ReplayCommand;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.SessionId;
import io.ferrymq.openwire.command.SessionInfo;
import io.ferrymq.openwire.command.ShutdownInfo;
import io.ferrymq.openwire.command.SubscriptionInfo;
import io.ferrymq.openwire.command.TransactionInfo;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.ferrymq.openwire.command.XATransactionId;
import org.jspecify.annotations.Nullable;

/**
 * Which type code is which structure. Written out instead of registered, so that a name or a class from the wire can never
 * decide what is created.
 */
final class StructureTypes {
    private StructureTypes() {}

    /** A new structure to read into, or null for a code that this version does not have. */
    static @Nullable DataStructure create(byte code, int version) {
        return version >= since(code) ? create(code) : null;
    }

    /** The first version that knows the code; the others are as old as the protocol. */
    static int since(byte code) {
        return switch (code) {
            case MessagePull.TYPE -> 2;
            case ProducerAck.TYPE, ActiveMQBlobMessage.TYPE -> 3;
            case BrokerSubscriptionInfo.TYPE -> 12;
            default -> 1;
        };
    }

    private static @Nullable DataStructure create(byte code) {
        return switch (code) {
            case WireFormatInfo.TYPE -> new WireFormatInfo();
            case BrokerInfo.TYPE -> new BrokerInfo();
            case ConnectionInfo.TYPE -> new ConnectionInfo();
            case SessionInfo.TYPE -> new SessionInfo();
            case ConsumerInfo.TYPE -> new ConsumerInfo();
            case ProducerInfo.TYPE -> new ProducerInfo();
            case TransactionInfo.TYPE -> new TransactionInfo();
            case DestinationInfo.TYPE -> new DestinationInfo();
            case RemoveSubscriptionInfo.TYPE -> new RemoveSubscriptionInfo();
            case KeepAliveInfo.TYPE -> new KeepAliveInfo();
            case ShutdownInfo.TYPE -> new ShutdownInfo();
            case RemoveInfo.TYPE -> new RemoveInfo();
            case ControlCommand.TYPE -> new ControlCommand();
            case FlushCommand.TYPE -> new FlushCommand();
            case ConnectionError.TYPE -> new ConnectionError();
            case ConsumerControl.TYPE -> new ConsumerControl();
            case ConnectionControl.TYPE -> new ConnectionControl();
            case ProducerAck.TYPE -> new ProducerAck();
            case MessagePull.TYPE -> new MessagePull();
            case MessageDispatch.TYPE -> new MessageDispatch();
            case MessageAck.TYPE -> new MessageAck();
            case ActiveMQMessage.TYPE -> new ActiveMQMessage();
            case ActiveMQBytesMessage.TYPE -> new ActiveMQBytesMessage();
            case ActiveMQMapMessage.TYPE -> new ActiveMQMapMessage();
            case ActiveMQObjectMessage.TYPE -> new ActiveMQObjectMessage();
            case ActiveMQStreamMessage.TYPE -> new ActiveMQStreamMessage();
            case ActiveMQTextMessage.TYPE -> new ActiveMQTextMessage();
            case ActiveMQBlobMessage.TYPE -> new ActiveMQBlobMessage();
            case Response.TYPE -> new Response();
            case ExceptionResponse.TYPE -> new ExceptionResponse();
            case DataResponse.TYPE -> new DataResponse();
            case DataArrayResponse.TYPE -> new DataArrayResponse();
            case IntegerResponse.TYPE -> new IntegerResponse();
            case DiscoveryEvent.TYPE -> new DiscoveryEvent();
            case JournalTopicAck.TYPE -> new JournalTopicAck();
            case JournalQueueAck.TYPE -> new JournalQueueAck();
            case JournalTrace.TYPE -> new JournalTrace();
            case JournalTransaction.TYPE -> new JournalTransaction();
            case SubscriptionInfo.TYPE -> new SubscriptionInfo();
            case PartialCommand.TYPE -> new PartialCommand();
            case LastPartialCommand.TYPE -> new LastPartialCommand();
            case ReplayCommand.TYPE -> new ReplayCommand();
            case MessageDispatchNotification.TYPE -> new MessageDispatchNotification();
            case NetworkBridgeFilter.TYPE -> new NetworkBridgeFilter();
            case BrokerSubscriptionInfo.TYPE -> new BrokerSubscriptionInfo();
            case ActiveMQQueue.TYPE -> new ActiveMQQueue();
            case ActiveMQTopic.TYPE -> new ActiveMQTopic();
            case ActiveMQTempQueue.TYPE -> new ActiveMQTempQueue();
            case ActiveMQTempTopic.TYPE -> new ActiveMQTempTopic();
            case MessageId.TYPE -> new MessageId();
            case LocalTransactionId.TYPE -> new LocalTransactionId();
            case XATransactionId.TYPE -> new XATransactionId();
            case ConnectionId.TYPE -> new ConnectionId();
            case SessionId.TYPE -> new SessionId();
            case ConsumerId.TYPE -> new ConsumerId();
            case ProducerId.TYPE -> new ProducerId();
            case BrokerId.TYPE -> new BrokerId();
            default -> null;
        };
    }
}
