#!/bin/sh
# Releases, into dist/: `dist.sh` makes and tries all of them, `dist.sh wheels|aarch64|tarball|sums` one step. What it needs, setup.sh installs.
#
#	quarry_verify-V.tar.gz				the sources, from git
#	quarry_verify-V-cp310-abi3-manylinux...whl	wheels for x86_64 and aarch64, glibc 2.17 or later
#	quarry-V-linux-x86_64.tar.gz			bin/quarry without any shared library, the embedded model, the verifier library
#	SHA256SUMS
#
# zig's C compiler links against the symbols of an old glibc, for both machines. What is made for aarch64 runs here under qemu, against
# Debian's arm64 packages, unpacked and not installed. Everything in between lies in build-dist/.
set -eu

cd "$(dirname "$0")/.."
work=$PWD/build-dist out=$PWD/dist
glibc=2.17
PATH=$work/venv/bin:$PATH
export PATH ZIG_GLOBAL_CACHE_DIR="$work/zig" PIP_DISABLE_PIP_VERSION_CHECK=1
version=$(sed -n "s/^  version: '\(.*\)',/\1/p" meson.build)
mkdir -p "$work" "$out"

say() { echo "== $*"; }

# quiet LOG COMMAND...: its output goes to build-dist/LOG.log, whose end is shown if it fails
quiet() {
	log=$work/$1.log
	shift
	"$@" >"$log" 2>&1 || {
		tail -n 30 "$log" >&2
		echo "dist: failed: $*; $log has it all" >&2
		exit 1
	}
}

# ---- wheels

cross_file() { # ARCH
	zig=$(python -c 'import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), "zig"))')
	# Debian's Python.h looks for the machine's pyconfig.h outside zig's folders. One does for both machines: the limited API takes nothing
	# from it but the sizes of types, which are the same.
	headers=$(python -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
	mkdir -p "$work/include/$1-linux-gnu/$headers"
	cp "/usr/include/$(uname -m)-linux-gnu/$headers/pyconfig.h" "$work/include/$1-linux-gnu/$headers/"
	cat <<-END
		[binaries]
		c = ['$zig', 'cc', '-target', '$1-linux-gnu.$glibc']
		ar = ['$zig', 'ar']
		python3 = '$work/venv/bin/python'

		[host_machine]
		system = 'linux'
		cpu_family = '$1'
		cpu = '$1'
		endian = 'little'
	END
}

wheel_of() { # ARCH
	say "wheel for $1"
	rm -rf "$work/raw-$1" "$out"/quarry_verify-*"$1".whl
	cross_file "$1" >"$work/$1.ini"
	quiet "wheel-$1" env CPATH="$work/include" _PYTHON_HOST_PLATFORM="linux-$1" python -m build --no-isolation --wheel --outdir "$work/raw-$1" \
		-Cbuild-dir="$work/$1" -Csetup-args=--cross-file="$work/$1.ini" .
	# built by one Python, good for all from the first that has what _native.c asks for
	quiet "tags-$1" wheel tags --remove --python-tag cp310 "$work/raw-$1"/*.whl
	quiet "auditwheel-$1" auditwheel repair --plat auto --wheel-dir "$out" "$work/raw-$1"/*.whl
	quiet "abi3audit-$1" abi3audit --strict "$out"/quarry_verify-*"$1".whl
}

wheels() {
	say "sources"
	rm -f "$out"/quarry_verify-*.tar.gz
	quiet sdist python -m build --no-isolation --sdist --outdir "$out" .
	wheel_of x86_64
	wheel_of aarch64
	quiet twine twine check --strict "$out"/quarry_verify-*
	say "the wheel in a fresh environment"
	python tests/dist/wheel.py "$out"/quarry_verify-*.whl
}

# ---- aarch64

# Debian's Python for arm64 and what it needs, below build-dist/arm64, by an apt whose state is there too.
arm64_root() {
	[ -x "$work/arm64/usr/bin/python3" ] && return
	say "arm64 packages"
	apt=$work/apt
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$work/arm64"
	: >"$apt/status"
	cat >"$apt/apt.conf" <<-END
		APT::Architecture "arm64";
		APT::Architectures "arm64";
		Dir::State "$apt";
		Dir::State::status "$apt/status";
		Dir::Cache "$apt/cache";
		APT::Sandbox::User "root";
	END
	quiet apt-update env APT_CONFIG="$apt/apt.conf" apt-get update -q
	quiet apt-download env APT_CONFIG="$apt/apt.conf" apt-get install -y -q --download-only --no-install-recommends python3-minimal libpython3-stdlib libc6
	for deb in "$apt"/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$work/arm64"
	done
}

aarch64() {
	arm64_root
	say "aarch64: tests under qemu"
	quiet ninja-aarch64 ninja -C "$work/aarch64" quarry tests/test_base tests/test_batch tests/test_cases tests/test_extract tests/test_grid \
		tests/test_text tests/test_verify
	quiet ninja-x86_64 ninja -C "$work/x86_64" quarry
	python tests/dist/aarch64.py "$work" "$out"/quarry_verify-*aarch64.whl
}

# ---- the tarball

# Archives of libmicrohttpd, libcurl and libgit2 with no more than is used: Debian's want libraries that it has no archives of.
static_parts() {
	[ -f "$work/parts/done" ] && return
	say "libmicrohttpd, libcurl and libgit2, from Debian's sources"
	apt=$work/apt-src
	rm -rf "$work/src"
	mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial" "$work/src"
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
		[ -f "$f" ] && sed 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$f" >"$apt/parts/$(basename "$f" | sed 's/^sources.list$/main.list/')"
	done
	cat >"$apt/apt.conf" <<-END
		Dir::Etc::SourceList "/dev/null";
		Dir::Etc::SourceParts "$apt/parts";
		Dir::State "$apt";
		Dir::State::status "/var/lib/dpkg/status";
		Dir::Cache "$apt/cache";
		APT::Sandbox::User "root";
	END
	quiet src-update env APT_CONFIG="$apt/apt.conf" apt-get update -q
	for p in libmicrohttpd curl libgit2; do
		(cd "$work/src" && quiet "source-$p" source_of "$p")
	done
	part libmicrohttpd src/microhttpd src/include --disable-https --disable-doc --disable-examples --disable-curl --disable-httpupgrade
	# c-ares, because the C library's own look-up of names loads libraries, which a static program cannot
	part curl lib include --with-openssl --with-ca-fallback --enable-ares --without-zlib --without-brotli --without-zstd --without-nghttp2 \
		--without-libidn2 --without-libpsl --without-librtmp --without-libssh2 --without-gssapi --disable-ldap --disable-ldaps --disable-ftp \
		--disable-file --disable-rtsp --disable-dict --disable-telnet --disable-tftp --disable-pop3 --disable-imap --disable-smb --disable-smtp \
		--disable-gopher --disable-mqtt --disable-manual --disable-ntlm --disable-alt-svc --disable-hsts
	# nothing of it goes to a network
	(
		cd "$work/src"/libgit2-*/
		quiet configure-libgit2 cmake -B static -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$work/parts" -DCMAKE_INSTALL_LIBDIR=lib \
			-DBUILD_SHARED_LIBS=OFF -DBUILD_TESTS=OFF -DBUILD_CLI=OFF -DUSE_HTTPS=OFF -DUSE_SSH=OFF -DUSE_GSSAPI=OFF -DUSE_NTLMCLIENT=OFF \
			-DREGEX_BACKEND=pcre2 -DUSE_HTTP_PARSER=system
		quiet make-libgit2 make -j2 -C static install
	)
	touch "$work/parts/done"
}

# With Debian's patches. Where the list is ahead of the archive, the release's own version; files of one age, or make would begin with automake.
source_of() { # NAME
	. /etc/os-release
	APT_CONFIG=$apt/apt.conf apt-get source -q "$1" || APT_CONFIG=$apt/apt.conf apt-get source -q "$1/$VERSION_CODENAME" || return
	find "$1"-*/ -exec touch -h -d @0 {} +
}

part() { # NAME LIBRARY-FOLDER HEADER-FOLDER CONFIGURE-OPTIONS...
	(
		name=$1 library=$2 headers=$3
		shift 3
		cd "$work/src/$name"-*/
		quiet "configure-$name" ./configure --prefix="$work/parts" --disable-shared --enable-static CFLAGS=-O2 "$@"
		quiet "make-$name" make -j2 -C "$library" install
		quiet "headers-$name" make -C "$headers" install
		quiet "pc-$name" make install-pkgconfigDATA
	)
}

tarball() {
	static_parts
	arch=$(uname -m)
	name=quarry-$version-linux-$arch
	say "$name"
	export PKG_CONFIG_PATH="$work/parts/lib/pkgconfig"
	[ -f "$work/static/build.ninja" ] ||
		quiet setup-static meson setup "$work/static" -Dbuildtype=release -Dprefer_static=true -Dc_link_args=-static -Dcuda=disabled -Dpython=disabled \
			-Dpipeline=enabled -Dserve=enabled -Dendpoint=enabled -Drepos=enabled -Dopenmp=enabled -Dpkgconfig.relocatable=true --prefix=/usr --libdir=lib
	quiet ninja-static ninja -C "$work/static" quarry libquarry-verify.a docs/quarry.1 docs/quarry
	to=$work/$name
	rm -rf "$to" "$out/$name".tar.gz
	mkdir -p "$to/bin" "$to/lib/pkgconfig" "$to/include/quarry" "$to/share/man/man1" "$to/share/bash-completion/completions" \
		"$to/share/quarry/models/tiny" "$to/share/doc/quarry/licences"
	strip -o "$to/bin/quarry" "$work/static/quarry"
	# the shared library is the wheel's, for any glibc since $glibc; the archive names no version of any symbol
	strip -o "$to/lib/libquarry-verify.so.$version" "$work/$arch/libquarry-verify.so.$version"
	ln -s "libquarry-verify.so.$version" "$to/lib/libquarry-verify.so.0"
	ln -s libquarry-verify.so.0 "$to/lib/libquarry-verify.so"
	cp "$work/static/libquarry-verify.a" "$to/lib/"
	cp "$work/static/meson-private/quarry-verify.pc" "$to/lib/pkgconfig/"
	cp verifiers/verify.h "$to/include/quarry/"
	cp "$work/static/docs/quarry.1" "$to/share/man/man1/"
	cp "$work/static/docs/quarry" "$to/share/bash-completion/completions/"
	for f in $(git ls-files models/tiny | grep -v '\.py$'); do
		cp "$f" "$to/share/quarry/models/tiny/"
	done
	cp -R LICENSE README.md docs/*.md docs/deploy "$to/share/doc/quarry/"
	for p in libc6 libgomp1 libzstd1 libpcre2-8-0 libutf8proc2 libsqlite3-0 libyaml-0-2 libmicrohttpd12 libcurl4 libssl3 libc-ares2 libgit2-1.5 \
		libhttp-parser2.9 zlib1g; do
		[ -f "/usr/share/doc/$p/copyright" ] || { echo "dist: no licence of $p here" >&2; exit 1; }
		cp "/usr/share/doc/$p/copyright" "$to/share/doc/quarry/licences/$p"
	done
	tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" -C "$work" -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
	say "the tarball in an empty root"
	python tests/dist/tarball.py "$out/$name.tar.gz"
}

sums() {
	(cd "$out" && rm -f SHA256SUMS && sha256sum ./*.whl ./*.tar.gz | sed 's#\./##' >SHA256SUMS.new && mv SHA256SUMS.new SHA256SUMS && cat SHA256SUMS)
}

case ${1:-all} in
all)
	wheels
	aarch64
	tarball
	sums
	;;
wheels | aarch64 | tarball | sums) "$1" ;;
*) echo "dist: unknown step \"$1\"; there are wheels, aarch64, tarball, sums" >&2; exit 2 ;;
esac
