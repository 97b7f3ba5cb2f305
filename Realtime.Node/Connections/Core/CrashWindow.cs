namespace Realtime.Node.Connections.Core;

/// <summary>
/// How far clients spread their return after a node died without a word: the others have to let them all in beside what they do anyway, so at half of
/// what they can take.
/// </summary>
public static class CrashWindow
{
    /// <summary>Clients that stay away longer are lost to their users; the door paces the rest.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <param name="sockets">Connections of this node: those that would come.</param>
    /// <param name="others">Nodes that would take them; 0: nobody but this node, started again.</param>
    /// <param name="rate">Returning clients one node lets in per second.</param>
    /// <param name="least">What is configured.</param>
    public static TimeSpan Of(int sockets, int others, int rate, TimeSpan least)
    {
        if (others <= 0)
        {
            return least;
        }

        var needed = TimeSpan.FromSeconds(sockets / (0.5 * others * rate));
        return needed < least ? least : needed > Longest ? Longest : needed;
    }
}
