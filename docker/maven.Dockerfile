# An image with Maven and the watchdog's artifacts of a clone, with which the template builds functions (docs/containers.md).
#
#   ./mvnw install -DskipTests -Dinvoker.skip
#   docker build -f docker/maven.Dockerfile -t watchdog-maven ~/.m2/repository/dev/fnwatchdog
ARG MAVEN=maven:3.9-eclipse-temurin-21
FROM ${MAVEN}
COPY . /root/.m2/repository/dev/fnwatchdog
