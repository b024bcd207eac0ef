package io.ferrymq.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static final int STEPS = 20_000;

    private final Places places = new Places();
    /** Places as they are, by what they are worth. */
    private final TreeSet<Long> model = new TreeSet<>();

    private void add(int level, long order) {
        places.add(level, order);
        model.add(Places.rank(Backlog.place(level, order)));
    }

    private void removeFirst() {
        places.removeFirst();
        model.pollFirst();
    }

    private void compare(String what) {
        long first = places.first();
        assertThat(places.isEmpty()).as(what).isEqualTo(model.isEmpty());
        if (model.isEmpty()) {
            assertThat(first).as(what).isEqualTo(Backlog.NOWHERE);
        } else {
            assertThat(Places.rank(first)).as(what).isEqualTo(model.first());
        }
    }

    private void drain(String what) {
        while (!model.isEmpty()) {
            compare(what);
            removeFirst();
        }
        compare(what);
    }

    @Test
    void shouldBeginWithTheHighestLevelAndThenTheLowestOrder() {
        add(4, 7);
        add(0, 1);
        add(9, 20);
        add(9, 3);
        assertThat(places.first()).isEqualTo(Backlog.place(9, 3));
        places.removeFirst();
        assertThat(places.first()).isEqualTo(Backlog.place(9, 20));
        places.removeFirst();
        assertThat(places.first()).isEqualTo(Backlog.place(4, 7));
        places.removeFirst();
        assertThat(places.first()).isEqualTo(Backlog.place(0, 1));
        places.removeFirst();
        assertThat(places.isEmpty()).isTrue();
    }

    @Test
    void shouldHaveEachPlaceOnce() {
        add(4, 7);
        add(4, 7);
        add(4, 8);
        add(4, 7);
        places.removeFirst();
        places.removeFirst();
        assertThat(places.isEmpty()).isTrue();
    }

    @Test
    void shouldKnowPlacesOfTheLargestOrders() {
        long last = (1L << 59) - 1;
        for (int level = 0; level < Backlog.LEVELS; level++) {
            add(level, last);
            add(level, 0);
        }
        drain("largest");
    }

    @Test
    void shouldOrderRanksAsTheBacklogOrdersMessages() {
        assertThat(Places.rank(Backlog.place(9, 100))).isLessThan(Places.rank(Backlog.place(4, 1)));
        assertThat(Places.rank(Backlog.place(4, 1))).isLessThan(Places.rank(Backlog.place(4, 2)));
        assertThat(Places.rank(Backlog.place(0, 0))).isGreaterThan(Places.rank(Backlog.place(1, 1L << 58)));
    }

    /** Taken at the front and filled at the back: its room is used again, and what comes back in front of all finds its place. */
    @Test
    void shouldKeepTheOrderWhileItGoesRound() {
        for (int i = 0; i < 1_000; i++) {
            add(4, 10 * i);
            add(4, 10 * i + 5);
            removeFirst();
            compare("round " + i);
        }
        add(4, 1);
        add(4, 5_005);
        add(4, 9_993);
        drain("rest");
    }

    @Test
    void shouldTakeAllOfAnother() {
        Places other = new Places();
        add(4, 1);
        add(4, 5);
        for (long order : new long[] {0, 3, 5, 9}) {
            other.add(4, order);
            model.add(Places.rank(Backlog.place(4, order)));
        }
        other.add(9, 4);
        model.add(Places.rank(Backlog.place(9, 4)));
        places.addAll(other);
        assertThat(other.isEmpty()).isTrue();
        other.add(4, 2);
        drain("all");
        places.addAll(new Places());
        assertThat(places.isEmpty()).isTrue();
    }

    @Test
    void shouldBeLikeASortedSetWhateverComesAndGoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 5; round++) {
            int levels = 1 + random.nextInt(Backlog.LEVELS);
            int range = 1 + random.nextInt(2_000);
            long end = 0;
            for (int step = 0; step < STEPS; step++) {
                String what = "seed=" + seed + ", round=" + round + ", step=" + step;
                int choice = random.nextInt(20);
                if (choice < 9) {
                    end += random.nextInt(3);
                    add(random.nextInt(levels), end);
                } else if (choice < 11) {
                    add(random.nextInt(levels), Math.max(0, end - random.nextInt(range)));
                } else if (choice < 19 && !model.isEmpty()) {
                    removeFirst();
                } else if (random.nextInt(500) == 0) {
                    drain(what);
                }
                compare(what);
            }
            drain("seed=" + seed + ", round=" + round);
        }
    }
}
