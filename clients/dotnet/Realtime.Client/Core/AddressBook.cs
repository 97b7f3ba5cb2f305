using System.Collections.Immutable;

namespace Realtime.Client.Core;

/// <summary>
/// Where to connect: the application's address, and those that nodes have named since. While the first gives no answer the others take turns with it,
/// every second attempt being its own: of the others some may be gone, or out of reach from here.
/// </summary>
internal sealed class AddressBook(Uri home)
{
    private const int MostOthers = 8;
    private ImmutableArray<Uri> _others = [];
    private int _turn;

    public Uri Next => IsElsewhere ? _others[_turn / 2 % _others.Length] : home;

    /// <summary>The next attempt is not the configured address's, nor its gateway's.</summary>
    public bool IsElsewhere => _turn % 2 == 1 && !_others.IsEmpty;

    /// <summary>No answer came from the last one.</summary>
    public void PassOn() => _turn++;

    /// <summary>The node at <paramref name="here"/> is leaving: not back to it, when that is what the client would do first.</summary>
    public void Leave(Uri here)
    {
        if (NodeAddress.Endpoint(here) == NodeAddress.Endpoint(home))
        {
            PassOn();
        }
    }

    /// <summary>A node has named another one.</summary>
    public void Hear(Uri url) => Put([url]);

    /// <summary>
    /// A node welcomed the client at <paramref name="here"/>. That one comes after those the node names: when it is lost, it is the one that will not answer.
    /// </summary>
    /// <param name="roll">Each client begins with another one.</param>
    public void Welcomed(ImmutableArray<string> named, Uri here, double roll)
    {
        var first = (int)(roll * Math.Min(named.Length, MostOthers));
        var nodes = named.Take(MostOthers);
        Put([.. Readable([.. nodes.Skip(first), .. nodes.Take(first)]), here]);
        _turn = 0;
    }

    /// <summary>What is no address, or none for this client, is passed over: a newer server may name others besides.</summary>
    private IEnumerable<Uri> Readable(ImmutableArray<string> named)
    {
        foreach (var text in named)
        {
            if (NodeAddress.TryFollow(home, home, text, out var url))
            {
                yield return url;
            }
        }
    }

    private void Put(ImmutableArray<Uri> newest) => _others =
    [
        .. newest.Concat(_others).DistinctBy(NodeAddress.Endpoint).Where(url => NodeAddress.Endpoint(url) != NodeAddress.Endpoint(home)).Take(MostOthers),
    ];
}
