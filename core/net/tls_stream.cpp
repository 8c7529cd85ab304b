#include "net/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

#include "net/tls_call.h"
#include "net/tls_hello.h"

namespace midge {
namespace {

constexpr size_t record_bytes_max = 16 * 1024;
// The most plain bytes that are encrypted for one write to the socket.
constexpr size_t batch_bytes_max = 4 * record_bytes_max;
constexpr size_t ciphertext_read_max = 256 * 1024;

// One of each for each thread, because they keep nothing of value between calls.
thread_local std::string ciphertext_out;
thread_local std::unique_ptr<char[]> ciphertext_in;
thread_local std::array<char, record_bytes_max> plain_record;

}  // namespace

struct TlsStream::Bio {
    static TlsStream& stream(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* data, int size) {
        std::string_view& input = stream(bio).input_;
        BIO_clear_retry_flags(bio);
        if (input.empty()) {
            BIO_set_retry_read(bio);
            return -1;
        }
        const size_t part = std::min(input.size(), static_cast<size_t>(size));
        std::memcpy(data, input.data(), part);
        input.remove_prefix(part);
        return static_cast<int>(part);
    }
    static int write(BIO* bio, const char* data, int size) {
        BIO_clear_retry_flags(bio);
        stream(bio).output_->append(data, static_cast<size_t>(size));
        return size;
    }
    static long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    static const BIO_METHOD* method() {
        static BIO_METHOD* const made = [] {
            BIO_METHOD* const out =
                BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "midge");
            BIO_meth_set_read(out, read);
            BIO_meth_set_write(out, write);
            BIO_meth_set_ctrl(out, control);
            return out;
        }();
        return made;
    }
};

TlsStream::OneCall::OneCall(TlsStream& stream) : stream_(stream), lock_(stream.mutex_) {
    ERR_clear_error();
    stream_.input_ = stream_.unread_;
    ciphertext_out.clear();
    stream_.output_ = stream_.unsent_.empty() ? &ciphertext_out : &stream_.unsent_;
}

TlsStream::OneCall::~OneCall() {
    // A copy first, because input_ may be a part of unread_.
    std::string rest(stream_.input_);
    stream_.unread_.swap(rest);
    stream_.input_ = {};
    stream_.output_ = nullptr;
}

TlsStream::TlsStream(std::unique_ptr<Stream>&& raw, std::shared_ptr<const TlsContext> context,
                     std::string_view early, const std::string& host)
    : context_(std::move(context)), unread_(early) {
    std::unique_ptr<SSL, decltype(&SSL_free)> made(context_->make_side(host), SSL_free);
    BIO* const bio = BIO_new(Bio::method());
    if (made == nullptr || bio == nullptr) {
        BIO_free(bio);
        throw std::bad_alloc();
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(made.get(), bio, bio);
    ssl_ = made.get();
    take_notes();
    // Nothing throws from here on.
    made.release();  // NOLINT(bugprone-unused-return-value): ssl_ has it
    raw_ = std::move(raw);
}

TlsStream::~TlsStream() {
    SSL_free(ssl_);
}

Result<Watch> TlsStream::watch(Reactor& reactor, IoHandler& handler, Interest interest) {
    auto made = raw_->watch(reactor, handler, interest);
    if (made) {
        reactor_ = &reactor;
        watch_id_ = made->id();
    }
    return made;
}

// Reads ciphertext once, up to `size` bytes, unless input_ still has some.
IoResult::Kind TlsStream::fill(size_t size) {
    if (!input_.empty()) return IoResult::Kind::done;
    if (!ciphertext_in) ciphertext_in = std::make_unique<char[]>(ciphertext_read_max);
    const IoResult result = raw_->read(ciphertext_in.get(), std::min(size, ciphertext_read_max));
    if (result.kind == IoResult::Kind::done) input_ = {ciphertext_in.get(), result.bytes};
    return result.kind;
}

// Writes the ciphertext that OpenSSL has made. Returns `would_block` if a part must be kept.
IoResult::Kind TlsStream::flush() {
    if (output_->empty()) return IoResult::Kind::done;
    const IoSlice slice{output_->data(), output_->size()};
    const IoResult result = raw_->write(&slice, 1);
    const size_t sent = result.kind == IoResult::Kind::done ? result.bytes : 0;
    if (result.kind == IoResult::Kind::closed || result.kind == IoResult::Kind::failed)
        return result.kind;
    if (sent == slice.size) {
        output_->clear();
        if (output_ == &unsent_) unsent_ = std::string();
        output_ = &ciphertext_out;
        return IoResult::Kind::done;
    }
    if (output_ == &unsent_) {
        unsent_.erase(0, sent);
    } else {
        unsent_.assign(*output_, sent);
        output_ = &unsent_;
    }
    return unsent_.size() > unsent_bytes_max ? IoResult::Kind::failed : IoResult::Kind::would_block;
}

IoResult TlsStream::read(char* data, size_t size) {
    const OneCall call(*this);
    if (broken_) return {.kind = IoResult::Kind::closed};
    // Ciphertext is longer than its content, so that the content of `size` bytes usually fits into
    // `data`.
    IoResult::Kind filled = fill(size);
    size_t got = 0;
    int result = 1;
    while (got < size) {
        const auto room = static_cast<int>(std::min<size_t>(size - got, record_bytes_max));
        result = SSL_read(ssl_, data + got, room);
        if (result <= 0) break;
        got += static_cast<size_t>(result);
    }
    const int error = result > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_, result);
    if (error == SSL_ERROR_ZERO_RETURN) filled = IoResult::Kind::closed;
    if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) {
        broken_ = true;
        filled = IoResult::Kind::failed;
    }
    // Sends OpenSSL's answer to the input (a new key, an alert), too.
    const IoResult::Kind flushed = flush();
    if (flushed == IoResult::Kind::failed || flushed == IoResult::Kind::closed) broken_ = true;
    const bool more = got == size && (SSL_pending(ssl_) > 0 || !input_.empty());
    if (more && reactor_ != nullptr) reactor_->notify(watch_id_, Interest::read);
    if (got > 0) return {.kind = IoResult::Kind::done, .bytes = got};
    if (filled == IoResult::Kind::done) return {.kind = IoResult::Kind::would_block};
    return {.kind = filled};
}

bool TlsStream::encrypt(const char* data, size_t size) {
    // It is one record, and its memory takes all bytes: any other result is an error.
    return SSL_write(ssl_, data, static_cast<int>(size)) == static_cast<int>(size);
}

// Encrypts up to batch_bytes_max of the bytes that follow the first `from` bytes of the slices.
// Returns the number of encrypted bytes; 0 is an error.
size_t TlsStream::encrypt_batch(const IoSlice* slices, size_t count, size_t from) {
    size_t index = 0;
    while (index < count && from >= slices[index].size) from -= slices[index++].size;
    size_t done = 0;
    while (index < count && done < batch_bytes_max) {
        const char* record = slices[index].data + from;
        size_t size = std::min(slices[index].size - from, record_bytes_max);
        if (size == record_bytes_max) {
            from += size;
        } else {  // small pieces go into one record
            record = plain_record.data();
            size = 0;
            while (index < count && size < record_bytes_max) {
                const size_t part = std::min(slices[index].size - from, record_bytes_max - size);
                if (part > 0)
                    std::memcpy(plain_record.data() + size, slices[index].data + from, part);
                size += part;
                from += part;
                if (from == slices[index].size) from = 0, ++index;
            }
        }
        if (index < count && from == slices[index].size) from = 0, ++index;
        if (size == 0) continue;
        if (!encrypt(record, size)) return 0;
        done += size;
    }
    return done;
}

IoResult TlsStream::write(const IoSlice* slices, size_t count) {
    const OneCall call(*this);
    if (broken_) return {.kind = IoResult::Kind::closed};
    size_t offered = 0;
    for (size_t i = 0; i < count; ++i) offered += slices[i].size;
    IoResult::Kind kind = flush();
    size_t reported = 0;
    if (kind == IoResult::Kind::done) reported = std::exchange(owed_, 0);
    while (kind == IoResult::Kind::done && reported < offered) {
        const size_t batch = encrypt_batch(slices, count, reported);
        if (batch == 0) {
            kind = IoResult::Kind::failed;
            break;
        }
        kind = flush();
        if (kind == IoResult::Kind::done) {
            reported += batch;
        } else {
            owed_ = batch;
        }
    }
    if (kind == IoResult::Kind::failed || kind == IoResult::Kind::closed) {
        broken_ = true;
        return {.kind = kind};
    }
    if (reported == 0) return {.kind = IoResult::Kind::would_block};
    return {.kind = IoResult::Kind::done, .bytes = reported};
}

void TlsStream::close() noexcept {
    {
        const OneCall call(*this);
        if (!std::exchange(broken_, true) && SSL_is_init_finished(ssl_) != 0) {
            // The alert tells the peer that nothing was cut off. close() does not wait until the
            // peer takes it.
            (void)SSL_shutdown(ssl_);
            (void)flush();
        }
        ERR_clear_error();
    }
    raw_->close();
}

}  // namespace midge
