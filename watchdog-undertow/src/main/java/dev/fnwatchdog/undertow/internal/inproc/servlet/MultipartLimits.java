package dev.fnwatchdog.undertow.internal.inproc.servlet;

import jakarta.servlet.MultipartConfigElement;
import java.nio.file.Path;

/**
 * What a servlet's {@code @MultipartConfig} determines of a form, except for the size of the whole, which Undertow checks.
 *
 * @param folder for what is not held in memory
 * @param maxFileSize the longest part; 0 or less: no limit
 * @param sizeInMemory the longest part that is held in memory
 */
record MultipartLimits(Path folder, long maxFileSize, long sizeInMemory) {
    /** @param temporary the folder of a servlet that names none, and that a relative one is within */
    static MultipartLimits of(MultipartConfigElement config, Path temporary) {
        String location = config.getLocation();
        return new MultipartLimits(
                location == null ? temporary : temporary.resolve(location),
                config.getMaxFileSize(),
                config.getFileSizeThreshold());
    }
}
