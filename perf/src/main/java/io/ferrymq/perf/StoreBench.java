package io.ferrymq.perf;

import java.io.IOException;

/** One benchmark of {@code perf/store}; its constructor reads the command line, so that mistakes are told before anything is built. */
interface StoreBench {
    StoreTable run() throws IOException, InterruptedException;
}
