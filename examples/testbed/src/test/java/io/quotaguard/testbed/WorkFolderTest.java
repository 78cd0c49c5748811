package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The folder of a user's test servers")
class WorkFolderTest {

    @Test
    @DisplayName("is made once, under the user's number, open to be read and closed to be written")
    void isMadeOnce(@TempDir Path parent) throws IOException {
        long me = owner(parent);
        Path folder = WorkFolder.openIn(parent, me);
        assertThat(folder).isEqualTo(parent.resolve("quotaguard-testbed-" + me));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwxr-xr-x");
        assertThat(WorkFolder.openIn(parent, me)).isEqualTo(folder);
    }

    @Test
    @DisplayName("is refused when another user owns it or may write to it, for programs are run from it")
    void refusesForeignFolders(@TempDir Path parent) throws IOException {
        long me = owner(parent);
        long stranger = me + 1;
        Files.createDirectory(parent.resolve("quotaguard-testbed-" + stranger));
        assertThatThrownBy(() -> WorkFolder.openIn(parent, stranger))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("belongs to user " + me);

        Path open = WorkFolder.openIn(parent, me);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> WorkFolder.openIn(parent, me))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("rwxrwxrwx");
    }

    @Test
    @DisplayName("is refused when it is a link to a folder elsewhere")
    void refusesLinks(@TempDir Path parent) throws IOException {
        long me = owner(parent);
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        Files.createSymbolicLink(parent.resolve("quotaguard-testbed-" + me), elsewhere);
        assertThatThrownBy(() -> WorkFolder.openIn(parent, me)).isInstanceOf(TestServerException.class);
    }

    private static long owner(Path folder) throws IOException {
        return ((Number) Files.getAttribute(folder, "unix:uid")).longValue();
    }
}
