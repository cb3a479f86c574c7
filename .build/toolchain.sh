# SPDX-License-Identifier: Apache-2.0
# Sourced by ./holdfast and ./verify: finds a JDK and Maven, and installs what is missing.

missing=

# Sets major to the version of the JDK in folder $1, 0 if there is none. Starting a JVM to ask it would cost 50 ms.
read_major() {
  major=0
  [ -x "$1/bin/java" ] || return 0
  if [ -r "$1/release" ]; then
    while IFS='=' read -r key value; do
      [ "$key" = JAVA_VERSION ] && version=${value#\"} && version=${version#1.} && major=${version%%[!0-9]*}
    done <"$1/release"
  else
    major=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p')
  fi
  : "${major:=0}"
}

# Sets jdk to a folder with bin/$1 (java or javac) of version 17 or later; JAVA_HOME first, then the PATH.
find_jdk() {
  on_path=$(command -v java || true)
  on_path=$(readlink -f "${on_path:-/}" || true)
  for jdk in "${JAVA_HOME:-}" "${on_path%/bin/java}" /usr/lib/jvm/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}/.sdkman/candidates/java/current"; do
    [ -n "$jdk" ] && [ -x "$jdk/bin/$1" ] || continue
    read_major "$jdk"
    [ "$major" -ge 17 ] && return 0
  done
  jdk=
  return 1
}

# Sets newest_jdk to the folder with the newest javac of version 21 or later, the first that has virtual threads; empty if there is none.
find_newest_jdk() {
  newest_jdk=
  newest=20
  for candidate in "$jdk" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/.sdkman/candidates/java/*; do
    [ -x "$candidate/bin/javac" ] || continue
    read_major "$candidate"
    if [ "$major" -gt "$newest" ]; then
      newest=$major
      newest_jdk=$candidate
    fi
  done
}

# Notes package $2 as missing unless program $1 exists, on the PATH or where servers are installed outside of it.
need() {
  command -v "$1" >/dev/null 2>&1 && return 0
  for program in "/usr/sbin/$1" "/usr/local/sbin/$1" /usr/lib/postgresql/*/bin/"$1"; do
    [ -x "$program" ] && return 0
  done
  case " $missing " in
    *" $2 "*) ;;
    *) missing="$missing $2" ;;
  esac
}

need_jdk() {
  find_jdk javac && return 0
  # The newest Debian and Ubuntu no longer carry 17.
  case "$(apt-cache policy openjdk-17-jdk-headless 2>/dev/null || true)" in
    *'Candidate: (none)'* | '') missing="$missing default-jdk-headless" ;;
    *) missing="$missing openjdk-17-jdk-headless" ;;
  esac
}

# Installs what need and need_jdk noted: as root or with a sudo that asks for no password, otherwise says what to run.
install_missing() {
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "Missing, by Debian's names:$missing. Please install them with this system's package manager." >&2
    echo "JDK 17 or later and Maven 3.6.3 or later are needed." >&2
    exit 1
  fi
  as_root=
  if [ "$(id -u)" != 0 ]; then
    as_root='sudo -n'
    if ! sudo -n true 2>/dev/null; then
      echo "Please run: sudo apt-get update && sudo apt-get install -y$missing" >&2
      exit 1
    fi
  fi
  echo "Installing$missing ..." >&2
  apt_log=$(mktemp)
  # shellcheck disable=SC2086 # $as_root and $missing are lists of words
  if ! { $as_root apt-get -qq update &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing; } \
    >"$apt_log" 2>&1 </dev/null; then
    cat "$apt_log" >&2
    rm -f "$apt_log"
    echo "Could not install$missing. Please install them, then start again." >&2
    exit 1
  fi
  rm -f "$apt_log"
  missing=
  find_jdk javac || {
    echo "No JDK 17 or later was found. Please install one, or set JAVA_HOME." >&2
    exit 1
  }
}
