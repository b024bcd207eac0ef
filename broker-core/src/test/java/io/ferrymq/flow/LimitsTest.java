package io.ferrymq.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import org.junit.jupiter.api.Test;

class LimitsTest {
    /** It is written by hand, and a new limit could be forgotten. */
    @Test
    void shouldTellEachLimit() throws ReflectiveOperationException {
        Limits limits = Limits.defaults();
        StringBuilder expected = new StringBuilder("Limits[");
        for (RecordComponent component : Limits.class.getRecordComponents()) {
            expected.append(expected.indexOf("=") < 0 ? "" : ", ")
                    .append(component.getName())
                    .append('=')
                    .append(component.getAccessor().invoke(limits));
        }
        assertThat(limits).hasToString(expected.append(']').toString());
    }
}
