package io.ferrymq.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.message.DestinationName;
import io.ferrymq.shard.StoredJobs.Stored;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StoredJobsTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final Comparator<Stored> BY_TIME =
            Comparator.comparingLong(Stored::dueMs).thenComparingLong(Stored::number);

    private final StoredJobs jobs = new StoredJobs();

    @Test
    void shouldBehaveLikeAMapThatIsSortedByTime() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<Long, Stored> model = new HashMap<>();
        for (int step = 0; step < 50_000; step++) {
            long number = random.nextInt(5_000);
            Stored known = model.remove(number);
            assertThat(jobs.remove(number)).as("seed " + seed).isEqualTo(known);
            if (known == null || random.nextInt(3) == 0) {
                Stored job = new Stored(number, random.nextInt(1_000), step, 10, step, ORDERS);
                model.put(number, job);
                jobs.add(job);
            }
        }
        List<Stored> inOrder = new ArrayList<>(model.values());
        inOrder.sort(BY_TIME);
        assertThat(jobs.due(Long.MAX_VALUE - 1, 5_000, Long.MAX_VALUE))
                .as("seed " + seed)
                .isEqualTo(inOrder);
        assertThat(jobs.size()).isEqualTo(inOrder.size());
        inOrder.forEach(job -> assertThat(jobs.find(job.number())).isEqualTo(job));
        assertThat(jobs.due(500, 3, Long.MAX_VALUE)).isEqualTo(inOrder.subList(0, 3));
        assertThat(jobs.due(500, 10, 11)).isEqualTo(inOrder.subList(0, 2));
    }

    @Test
    void shouldForgetAnOlderRecordOnlyForTheNewOne() {
        jobs.add(new Stored(1, 10, 100, 10, 0, ORDERS));
        assertThat(jobs.moved(1, 99, 200)).isFalse();
        assertThat(jobs.moved(2, 100, 200)).isFalse();
        assertThat(jobs.moved(1, 100, 200)).isTrue();
        assertThat(jobs.upTo(199)).isEmpty();
        assertThat(jobs.upTo(200)).containsExactly(1);
    }
}
