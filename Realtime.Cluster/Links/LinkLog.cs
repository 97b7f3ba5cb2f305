using System.Net;
using Microsoft.Extensions.Logging;
using Realtime.Cluster.Telemetry;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>What the links say to people: each trouble once per peer, until it is over.</summary>
internal sealed partial class LinkLog(ILogger<PeerLinks> logger)
{
    private const string Unreachable = "unreachable";
    private readonly ILogger _logger = logger;
    private readonly SaidOnce _here = new();
    private readonly SaidOnce _there = new();

    public void Up(NodeId name, Incarnation peer)
    {
        _there.Forget($"{peer}");
        Up(_logger, name, peer);
    }

    public void Lost(NodeId name, Incarnation peer, string why) => Lost(_logger, name, peer, why);

    public void Listening(EndPoint endpoint) => Listening(_logger, endpoint);

    public void NotReached(NodeId name, Incarnation peer, string address, string why)
    {
        if (_there.IsFirst($"{peer}", Unreachable))
        {
            NotReached(_logger, name, peer, address, why);
        }
    }

    /// <summary>On the side that dialled.</summary>
    public void RefusedThere(NodeId name, Incarnation peer, string address, LinkRefusal cause)
    {
        if (_there.IsFirst($"{peer}", $"{cause}"))
        {
            RefusedThere(_logger, name, peer, address, cause);
        }
    }

    /// <summary>On the side that listens.</summary>
    /// <param name="from">Where it came from, without the port, which is another one each time.</param>
    public void RefusedHere(string from, LinkRefusedException refused)
    {
        var name = refused.Hello?.Name.Name ?? "?";
        if (_here.IsFirst(Stranger(from, name), $"{refused.Cause}"))
        {
            RefusedHere(_logger, from, name, refused.Hello?.From ?? default, refused.Cause);
        }
    }

    public void Admitted(string from, NodeId name) => _here.Forget(Stranger(from, name.Name));

    public void Broken(NodeId name, Incarnation peer, string what) => Broken(_logger, name, peer, what);

    public void TooLarge(NodeId name, Incarnation peer, string kind, int bytes, int most) => TooLarge(_logger, name, peer, kind, bytes, most);

    public void Failed(Exception failure, NodeId name, Incarnation peer) => Failed(_logger, failure, name, peer);

    public void AcceptFailed(Exception failure) => AcceptFailed(_logger, failure);

    private static string Stranger(string from, string name) => $"{from} {name}";

    [LoggerMessage(LogEvents.LinksListening, LogLevel.Information, "Links: listening on {Endpoint}")]
    private static partial void Listening(ILogger logger, EndPoint endpoint);

    [LoggerMessage(LogEvents.LinkUp, LogLevel.Information, "The link to node {Name} ({Peer}) is up")]
    private static partial void Up(ILogger logger, NodeId name, Incarnation peer);

    [LoggerMessage(LogEvents.LinkLost, LogLevel.Warning, "The link to node {Name} ({Peer}) was lost: {Why}")]
    private static partial void Lost(ILogger logger, NodeId name, Incarnation peer, string why);

    [LoggerMessage(LogEvents.LinkNotReached, LogLevel.Warning, "Node {Name} ({Peer}) is not reached at {Address}: {Why}; it is tried until it is")]
    private static partial void NotReached(ILogger logger, NodeId name, Incarnation peer, string address, string why);

    [LoggerMessage(LogEvents.LinkRefusedThere, LogLevel.Warning, "No link to node {Name} ({Peer}) at {Address}: refused for {Cause}; it is tried again")]
    private static partial void RefusedThere(ILogger logger, NodeId name, Incarnation peer, string address, LinkRefusal cause);

    [LoggerMessage(LogEvents.LinkRefusedHere, LogLevel.Warning, "A link from {From}, by its own word node {Name} ({Peer}), was refused for {Cause}")]
    private static partial void RefusedHere(ILogger logger, string from, string name, Incarnation peer, LinkRefusal cause);

    [LoggerMessage(LogEvents.LinkFrameBroken, LogLevel.Error, "Node {Name} ({Peer}) sent what is no frame: {What}; the stream is closed")]
    private static partial void Broken(ILogger logger, NodeId name, Incarnation peer, string what);

    [LoggerMessage(LogEvents.LinkFrameTooLarge, LogLevel.Error, "A {Kind} for node {Name} ({Peer}) has {Bytes} bytes, {Most} are allowed; it was not sent")]
    private static partial void TooLarge(ILogger logger, NodeId name, Incarnation peer, string kind, int bytes, int most);

    [LoggerMessage(LogEvents.LinkFailed, LogLevel.Error, "The link to node {Name} ({Peer}) failed and is reset")]
    private static partial void Failed(ILogger logger, Exception failure, NodeId name, Incarnation peer);

    [LoggerMessage(LogEvents.LinkAcceptFailed, LogLevel.Error, "Links: a connection could not be accepted; the next one is tried")]
    private static partial void AcceptFailed(ILogger logger, Exception failure);
}
