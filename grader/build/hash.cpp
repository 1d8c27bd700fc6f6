#include <build/hash.hpp>

#include <base/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace lockstep {

struct Hash::State {
    struct Free {
        void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Hash::Hash() : state_{std::make_unique<State>()} {
    if (!state_->context || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1) {
        throw GraderError("OpenSSL can't compute SHA-256 here: check how it is configured.");
    }
}

Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;
Hash::~Hash() = default;

Hash& Hash::add(std::string_view bytes) {
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
    return *this;
}

Hash& Hash::add_part(std::string_view bytes) {
    return add(fmt::format("{}:", bytes.size())).add(bytes);
}

std::string Hash::text() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
}

std::string hash_of(std::string_view bytes) { return Hash{}.add(bytes).text(); }

std::optional<std::string> hash_of_file(const std::filesystem::path& file, std::size_t bytes) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return std::nullopt;
    struct Close {
        int number;
        ~Close() { ::close(number); }
    } const close{descriptor};

    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
        std::cmp_not_equal(status.st_size, bytes)) {
        return std::nullopt;
    }
    Hash hash;
    std::string buffer(std::size_t{1} << 18, '\0');
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::nullopt;
        if (got == 0) return hash.text();
        hash.add({buffer.data(), static_cast<std::size_t>(got)});
    }
}

}  // namespace lockstep
