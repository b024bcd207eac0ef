package io.ferrymq.perf.jmh;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.connection.OpenWireProperties;
import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.Selector;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One selector asked about one message with four properties, as they come from the socket. */
@State(Scope.Thread)
public class SelectorBenchmark {
    private final PropertyFormat format = new OpenWireProperties();
    private final Message message = Message.builder(
                    new MessageId(new ProducerId("ID:host-1234-1", 1, 1), 1), DestinationName.queue("orders"))
            .properties(PrimitiveMap.encode(properties()))
            .build();

    private final Selector equality = parse("customer = 'c17-east'");
    private final Selector range = parse("region = 'eu' AND price BETWEEN 10 AND 20");
    private final Selector like = parse("customer LIKE 'c17-%' OR price > 1000");

    /** In this order, which decides how much is skipped on the way to each. */
    private static Map<String, Object> properties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("region", "eu");
        properties.put("customer", "c17-east");
        properties.put("price", 15L);
        properties.put("rush", true);
        return properties;
    }

    private static Selector parse(String text) {
        if (Selector.parse(text) instanceof Selector.Outcome.Accepted accepted) {
            return accepted.selector();
        }
        throw new IllegalArgumentException(text);
    }

    @Benchmark
    public boolean equality() {
        return equality.matches(new Candidate(message, format));
    }

    @Benchmark
    public boolean range() {
        return range.matches(new Candidate(message, format));
    }

    @Benchmark
    public boolean like() {
        return like.matches(new Candidate(message, format));
    }
}
