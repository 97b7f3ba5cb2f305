using Realtime.Messages.Errors;

namespace Realtime.Node.Connections;

/// <summary>What a transport passes on to the connection behind its link. Called by one reader.</summary>
public interface IClientConnection
{
    /// <summary>Largest transport message the peer may send now, bytes.</summary>
    int MessageLimit { get; }

    /// <summary>Bytes came, which need not be a whole message.</summary>
    void Hear(int bytes);

    /// <summary>Takes one transport message; completes when the next one may be read.</summary>
    /// <returns>False when the message broke the protocol: there is no use in reading on.</returns>
    ValueTask<bool> ReceiveAsync(ReadOnlyMemory<byte> message);

    /// <summary>Closes the connection with this code.</summary>
    void Dismiss(CloseCode code);

    /// <summary>The link is gone.</summary>
    /// <param name="byPeer">The client closed it, or answered our close.</param>
    void LinkLost(bool byPeer = false);
}
