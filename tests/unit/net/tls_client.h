#pragma once
// OpenSSL's client side over a MemoryStream, for tests of TlsStream.
#include <openssl/ssl.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "net/memory_stream.h"
#include "support/certificates.h"

namespace midge::net_test {

class TlsClient {
  public:
    // `certificate`: name of a test certificate; empty: none.
    explicit TlsClient(std::unique_ptr<MemoryStream> stream, const std::string& certificate = {})
        : stream_(std::move(stream)), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
        if (!certificate.empty()) {
            const std::string file = test::certificate_path(certificate + ".pem");
            const std::string key = test::certificate_path(certificate + ".key");
            if (SSL_CTX_use_certificate_file(context_.get(), file.c_str(), SSL_FILETYPE_PEM) != 1 ||
                SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
                throw std::runtime_error("no certificate " + file);
        }
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl_.get());
    }

    // Makes one step of the handshake with the bytes received so far. Returns whether it is
    // complete.
    bool handshake() {
        receive();
        const bool done = SSL_do_handshake(ssl_.get()) == 1;
        send_ciphertext();
        return done;
    }
    void write(std::string_view text) {
        (void)SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
        send_ciphertext();
    }
    // Returns all plain text received so far.
    std::string read() {
        std::string out;
        char part[16 * 1024];
        do {
            receive();
            const int count = SSL_read(ssl_.get(), part, sizeof part);
            if (count <= 0) break;
            out.append(part, static_cast<size_t>(count));
        } while (true);
        return out;
    }
    // Whether the server has sent the alert that ends the connection.
    [[nodiscard]] bool told_of_the_end() const {
        return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    }
    void shut_down() {
        (void)SSL_shutdown(ssl_.get());
        send_ciphertext();
    }
    void ask_for_new_keys() {
        SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
        write("k");
    }
    // Resumes the session of another client. Requires: `earlier` has read, because tickets follow
    // the handshake.
    void resume(TlsClient& earlier) {
        const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(
            SSL_get1_session(earlier.ssl()), SSL_SESSION_free);
        SSL_set_session(ssl_.get(), session.get());
    }
    [[nodiscard]] bool resumed() const { return SSL_session_reused(ssl_.get()) != 0; }
    [[nodiscard]] MemoryStream& stream() { return *stream_; }
    [[nodiscard]] SSL* ssl() { return ssl_.get(); }

  private:
    void receive() {
        char bytes[16 * 1024];
        while (true) {
            const IoResult got = stream_->read(bytes, sizeof bytes);
            if (got.kind != IoResult::Kind::done) return;
            BIO_write(SSL_get_rbio(ssl_.get()), bytes, static_cast<int>(got.bytes));
        }
    }
    void send_ciphertext() {
        char* data = nullptr;
        const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
        const IoSlice slice{data, static_cast<size_t>(size)};
        if (size > 0) (void)stream_->write(&slice, 1);
        (void)BIO_reset(SSL_get_wbio(ssl_.get()));
    }

    std::unique_ptr<MemoryStream> stream_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

}  // namespace midge::net_test
