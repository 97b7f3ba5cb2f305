using Akka.Actor;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>The transport's side of a connection: turns what was read into frames for the connection's actor.</summary>
internal sealed class ClientConnection(ConnectionsSetup setup, IActorRef actor, HostedConnection hosted) : IClientConnection
{
    public int MessageLimit => hosted.Status.IsWelcomed ? setup.Rules.Policy.Limits.FrameBytes : setup.Rules.Policy.HelloBytes;

    public void Hear(int bytes)
    {
        hosted.Link.Hear(bytes);
        if (hosted.Lease is { IsWelcomed: false } lease && !lease.TryHold(bytes))
        {
            Dismiss(CloseCode.Overloaded);
        }
    }

    public async ValueTask<bool> ReceiveAsync(ReadOnlyMemory<byte> message)
    {
        setup.Metrics.BytesIn.Add(message.Length);
        var frames = new List<ClientFrame>(1);
        if (hosted.Link.Codec.Read(message, frames) is { } fault)
        {
            Dismiss(fault.Code);
            return false;
        }

        var mayReadOn = hosted.ReadAhead.AddAsync(frames.Count);
        var share = message.Length / Math.Max(1, frames.Count);
        foreach (var frame in frames)
        {
            actor.Tell(new ConnectionInput.FrameReceived(frame, share), ActorRefs.NoSender);
        }

        await mayReadOn.ConfigureAwait(false);
        return true;
    }

    public void Dismiss(CloseCode code) => actor.Tell(new ConnectionInput.CloseRequested(code), ActorRefs.NoSender);

    public void LinkLost(bool byPeer = false) => actor.Tell(new ConnectionInput.LinkClosed(byPeer), ActorRefs.NoSender);
}
