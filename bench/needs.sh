# Sourced by the benchmarks: says what is missing before anything starts.

# Debian has nginx where only root's path leads.
PATH=$PATH:/usr/sbin
jar=watchdog-undertow/target/watchdog.jar

needs() {
  local missing=() packages=() command
  for command in "$@"; do
    command -v "$command" >/dev/null && continue
    missing+=("$command")
    case $command in
      cc) packages+=(gcc libc6-dev) ;;
      go) packages+=(golang-go) ;;
      h2load) packages+=(nghttp2-client) ;;
      java) packages+=(default-jre-headless) ;;
      javac) packages+=(default-jdk-headless) ;;
      nginx) packages+=(nginx-light) ;;
      *) packages+=("$command") ;;
    esac
  done
  if [ "${#missing[@]}" -gt 0 ]; then
    echo "bench: needs ${missing[*]}; on Debian: apt-get install ${packages[*]}" >&2
    exit 1
  fi
}

needs_file() {
  if [ ! -f "$1" ]; then
    echo "bench: no $1; build it: ./mvnw -q -pl watchdog-undertow -am $2 -DskipTests" >&2
    exit 1
  fi
}
