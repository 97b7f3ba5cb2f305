using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Realtime.Messages.Ids;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What passes between this node and the others, by the others' names: as many series as the cluster has had nodes.</summary>
public sealed class LinkFigures
{
    private readonly ConcurrentDictionary<NodeId, PeerFigures> _peers = new();

    /// <param name="meter">Null: nothing is exported.</param>
    public LinkFigures(Meter? meter = null)
    {
        meter?.CreateObservableCounter("realtime.link.io", MeasureBytes, "By", "Bytes of frames from and to other nodes.");
        meter?.CreateObservableCounter(
            "realtime.link.resets", () => Measure(static peer => peer.Resets.Value), "{reset}", "Times the link to another node was lost.");
        meter?.CreateObservableCounter(
            "realtime.link.refused", () => Measure(static peer => peer.Refused.Value), "{frame}", "Frames that a full queue to another node did not take.");
    }

    public PeerFigures Of(NodeId peer) => _peers.GetOrAdd(peer, static _ => new PeerFigures());

    private IEnumerable<Measurement<long>> Measure(Func<PeerFigures, long> what) =>
        _peers.Select(entry => new Measurement<long>(what(entry.Value), new KeyValuePair<string, object?>("peer", entry.Key.Name)));

    private IEnumerable<Measurement<long>> MeasureBytes()
    {
        foreach (var (name, peer) in _peers)
        {
            yield return new(peer.BytesIn.Value, new("peer", name.Name), new("network.io.direction", "receive"));
            yield return new(peer.BytesOut.Value, new("peer", name.Name), new("network.io.direction", "transmit"));
        }
    }
}
