#pragma once
// TLS on top of another stream.
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/stream.h"
#include "net/tls_context.h"

namespace midge {

struct HandshakeNotes;

// The threads are those of any Stream. OpenSSL's state has its own lock, because reading may have
// to write, and writers are on any loop.
//
// If the socket does not take all ciphertext, write() reports only the plain bytes of whole batches
// that are gone. The next write() reports those of the current batch. Requires: it is given the
// same bytes again first, as a queue does.
class TlsStream final : public Stream {
  public:
    // `early`: bytes already read from `raw`. `host`: the peer's name, if the context is for a
    // client's side. If an exception is thrown, `raw` is unchanged.
    TlsStream(std::unique_ptr<Stream>&& raw, std::shared_ptr<const TlsContext> context,
              std::string_view early, const std::string& host = {});
    ~TlsStream() override;
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    enum class Progress { done, wants_read, wants_write, failed };
    // Continues the handshake. Called when the socket is readable or writable, until it returns
    // `done` or `failed`. Owner's loop.
    [[nodiscard]] Progress handshake();
    // Returns the reason of a failure, as nats-server logs it: "tls: client didn't provide a
    // certificate".
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    // Whether the handshake failed because the client does not speak TLS.
    [[nodiscard]] bool is_no_tls() const noexcept;

    // Valid after the handshake:
    [[nodiscard]] std::string version() const;       // "1.3"
    [[nodiscard]] std::string cipher_suite() const;  // by its IANA name
    struct PeerNames {
        std::vector<std::string> alternatives;  // e-mail addresses, then DNS names, then URIs
        // The subject's sets of type ("CN", or an OID with dots) and value, in the order of RFC
        // 4514 (the reverse of the certificate's).
        std::vector<std::vector<std::pair<std::string, std::string>>> subject;
    };
    // The names in the client's certificate; empty without one.
    [[nodiscard]] PeerNames peer_names() const;
    struct PeerCertificateNote {
        std::string subject;             // "CN=alice,O=Example", in the order of RFC 4514
        std::string spki_sha256;         // hex, of the public key
        std::string certificate_sha256;  // hex, of the whole certificate
    };
    // The certificates that the client has presented, its own first; empty without any.
    [[nodiscard]] std::vector<PeerCertificateNote> peer_certificates() const;
    // The verified chain as PEM, from the client's certificate to the authority; empty if no
    // certificate was verified.
    [[nodiscard]] std::vector<std::string> verified_chain() const;
    // Whether the client's key is pinned by the context, or the context pins no keys.
    [[nodiscard]] bool peer_is_pinned() const;

    [[nodiscard]] IoResult read(char* data, size_t size) override;
    [[nodiscard]] IoResult write(const IoSlice* slices, size_t count) override;
    void close() noexcept override;
    [[nodiscard]] SocketHandle socket() const noexcept override { return raw_->socket(); }
    [[nodiscard]] Result<Watch> watch(Reactor& reactor, IoHandler& handler,
                                      Interest interest) override;
    [[nodiscard]] const PeerAddress& peer() const noexcept override { return raw_->peer(); }

    // The most ciphertext that is kept for a peer that does not take it.
    static constexpr size_t unsent_bytes_max = 256 * 1024;

  private:
    struct Bio;      // OpenSSL's input and output: memory of this class
    struct OneCall;  // holds the lock
    [[nodiscard]] IoResult::Kind fill(size_t size);
    [[nodiscard]] IoResult::Kind flush();
    [[nodiscard]] bool encrypt(const char* data, size_t size);
    [[nodiscard]] size_t encrypt_batch(const IoSlice* slices, size_t count, size_t from);
    [[nodiscard]] Progress note_failure(int result);
    // Copies the notes that the text of a failure will need to notes_.
    void take_notes();

    mutable std::mutex mutex_;  // guards the members below, and reading and writing of raw_
    std::unique_ptr<Stream> raw_;
    const std::shared_ptr<const TlsContext> context_;
    ssl_st* ssl_ = nullptr;
    std::string_view input_;         // ciphertext for OpenSSL, during a call
    std::string unread_;             // the unread rest of it between calls
    std::string* output_ = nullptr;  // destination of OpenSSL's ciphertext, during a call
    std::string unsent_;             // ciphertext that the socket has not taken
    size_t owed_ = 0;                // plain bytes in unsent_ that no write() has reported yet
    bool broken_ = false;
    std::string failure_;
    std::unique_ptr<HandshakeNotes> notes_;  // until the handshake is done
    Reactor* reactor_ = nullptr;
    uint64_t watch_id_ = 0;
};

}  // namespace midge
