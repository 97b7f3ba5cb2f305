using System.Security.Cryptography;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>Names new sessions: at random, but so that they live in a good place as long as a few tries find one. Safe for all threads.</summary>
/// <param name="cluster">As this node sees it now.</param>
internal sealed class NewSessions(Func<ClusterSnapshot> cluster)
{
    /// <summary>With a tenth of all shards here, one of a thousand sessions finds none of them. A node that has just come has none at all.</summary>
    private const int Tries = 64;

    /// <summary>Without a look at the cluster.</summary>
    public static NewSessions Anywhere { get; } = new(() => ClusterSnapshot.Empty);

    public SessionId Next()
    {
        var seen = cluster();
        var first = Random();
        var next = first;
        for (var tries = 1; tries < Tries && !BirthPlace.Suits(seen, next); tries++)
        {
            next = Random();
        }

        return BirthPlace.Suits(seen, next) ? next : first;
    }

    private static SessionId Random()
    {
        while (true)
        {
            var id = SessionId.Read(RandomNumberGenerator.GetBytes(SessionId.Bytes));
            if (!id.IsNone)
            {
                return id;
            }
        }
    }
}
