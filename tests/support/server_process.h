#pragma once
// A NATS server of a test: midged, nats-server or anything with its flags, run on a free port until
// the object goes away.
#include <Poco/Net/SocketAddress.h>
#include <Poco/Pipe.h>
#include <Poco/Process.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "support/temp_folder.h"

namespace midge::test {

struct ServerProgram {
    std::string path;
    std::vector<std::string> args;
};

// Owned by the test that started it; used from one thread. The server has a folder of its own for
// its config, log and ports file, which is removed with it.
class ServerProcess {
  public:
    // Starts `program` with `config`, a port of its choice on 127.0.0.1 and its log in a file;
    // returns when it has written its ports file. Fails with what the server said when it ends, or
    // says nothing for 30 seconds.
    [[nodiscard]] static Result<std::unique_ptr<ServerProcess>> start(const ServerProgram& program,
                                                                      const std::string& config);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    // Where clients connect.
    [[nodiscard]] const Poco::Net::SocketAddress& address() const { return address_; }
    // The same by WebSocket, if the config says so.
    [[nodiscard]] const std::optional<Poco::Net::SocketAddress>& websocket_address() const {
        return websocket_address_;
    }
    [[nodiscard]] std::string log() const;

    // Asks the server to end. Fails when it died before, ends with another code than 0, or does not
    // end in 30 seconds (then it is killed); the error holds what it printed, so a sanitizer's
    // report fails a test.
    [[nodiscard]] Result<> stop();

  private:
    ServerProcess(TempFolder folder, Poco::ProcessHandle process, Poco::Pipe output);

    [[nodiscard]] Result<> wait_for_ports_file();
    [[nodiscard]] std::string last_words();

    TempFolder folder_;
    Poco::ProcessHandle process_;
    Poco::Pipe output_;
    Poco::Net::SocketAddress address_;
    std::optional<Poco::Net::SocketAddress> websocket_address_;
    bool running_ = true;
};

}  // namespace midge::test
