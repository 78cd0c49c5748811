package io.quotaguard.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A host without Jackson")
class WithoutJacksonTest {
    @Test
    @DisplayName("is told which artifact to add when it reads a plans file, every time, and can still write one")
    void tellsWhatToAdd() throws ReflectiveOperationException {
        Class<?> plansFile = Class.forName(PlansFile.class.getName(), true, new NoJackson());
        assertThat(plansFile).isNotSameAs(PlansFile.class);

        for (int time = 0; time < 2; time++) {
            assertThatThrownBy(() -> plansFile.getMethod("parse", String.class).invoke(null, "{\"plans\": []}"))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("com.fasterxml.jackson.core:jackson-core")
                    .hasCauseInstanceOf(NoClassDefFoundError.class);
        }

        Object empty = plansFile.getMethod("of", List.class, String.class).invoke(null, List.of(), null);
        assertThat(plansFile.getMethod("toJson").invoke(empty)).isEqualTo("{\n  \"plans\": []\n}\n");
    }

    /** Loads the library anew, and knows no Jackson. */
    private static final class NoJackson extends ClassLoader {
        NoJackson() {
            super(PlansFile.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("com.fasterxml.")) {
                throw new ClassNotFoundException(name);
            } else if (!name.startsWith("io.quotaguard.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? anew(name) : loaded;
            }
        }

        private Class<?> anew(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            try (InputStream in = getParent().getResourceAsStream(file)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] code = in.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
