/** Input from somebody who means harm, and what is fed with it. */
@NullMarked
package io.quotaguard.hostile;

import org.jspecify.annotations.NullMarked;
