# Shared by the scripts of this directory: goes to the project's root and builds what a run needs, each thing once.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
perf_classpath='perf/target/perf.jar:perf/target/lib/*'

# manual FILE FROM TO ARGUMENTS...: with --help among the arguments shows what stands in FILE between two lines, and ends
manual() {
  local file=$1 from=$2 to=$3
  shift 3
  case " $* " in
    *" --help "* | *" -h "*) sed -n "/^$from/,/^$to/{/^## /d;/^$to/d;p}" "$file"; exit 0 ;;
  esac
}

# option NAME FALLBACK ARGUMENTS...: the value that follows NAME
option() {
  local name=$1 value=$2
  shift 2
  while [ $# -gt 1 ]; do
    [ "$1" = "$name" ] && value=$2
    shift
  done
  echo "$value"
}

# quiet_mvn ARGUMENTS...: without the network if everything is there
quiet_mvn() {
  mvn -o -q "$@" >/dev/null 2>&1 || mvn -q "$@"
}

# older TARGET SOURCES...: TARGET is missing or some source is newer
older() {
  local target=$1
  shift
  [ ! -e "$target" ] || [ -n "$(find "$@" -newer "$target" -print -quit)" ]
}

# one_at_a_time: two runs would share their data directories, and measure each other
one_at_a_time() {
  command -v flock >/dev/null || return 0
  mkdir -p perf/target
  exec 9>perf/target/lock
  flock -n 9 || { echo "$0: another measurement runs in $PWD; wait for it, or end it" >&2; exit 1; }
}

build_perf() {
  if older perf/target/perf.jar perf/src/main perf/pom.xml; then
    echo "building perf" >&2
    quiet_mvn -pl perf -DskipTests package
  fi
}

# build_side POM-DIRECTORY: the jars of a POM outside the reactor, into perf/target/peers
build_side() {
  local lib="perf/target/peers/$1/lib"
  if older "$lib" "perf/peers/$1/pom.xml"; then
    echo "resolving $1" >&2
    rm -rf "$lib"
    quiet_mvn -f "perf/peers/$1" dependency:copy-dependencies
  fi
}

# build_beside NAME: a program compiled against the jar of the broker: its journal without a broker, or a broker inside an application
build_beside() {
  build_broker ferrymq
  local classes=perf/target/peers/$1/classes
  if older "$classes" "perf/peers/$1" broker-server/target/ferrymq.jar; then
    rm -rf "$classes"
    javac --release 17 -proc:none -d "$classes" -cp "broker-server/target/ferrymq.jar:perf/target/lib/*" "perf/peers/$1/"*Peer.java
  fi
}

build_broker() {
  case $1 in
    null) ;; # is part of perf
    ceiling) build_beside journal ;;
    embedded) build_beside embedded ;;
    ferrymq)
      if older broker-server/target/ferrymq.jar pom.xml broker-*/pom.xml $(find broker-* -path '*/src/main' -type d); then
        echo "building ferrymq" >&2
        quiet_mvn -pl broker-server -am -DskipTests package
      fi
      ;;
    classic | artemis)
      build_side "$1"
      local source classes="perf/target/peers/$1/classes"
      source=$(echo "perf/peers/$1/"*Peer.java)
      if older "$classes" "$source"; then
        rm -rf "$classes"
        javac --release 17 -proc:none -d "$classes" -cp "perf/target/peers/$1/lib/*" "$source"
      fi
      ;;
  esac
}
