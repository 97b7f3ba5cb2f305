namespace Realtime.Lighthouse;

/// <summary>
/// Over how long clients are spread while the view is old. A node it names may be gone by now: whoever is sent there comes back, and the more
/// likely that is, the more slowly they should.
/// </summary>
internal static class Spread
{
    /// <summary>Up to this age, a few missed looks, nothing needs to be assumed.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>Reached at a minute or so; a ticket is good for longer.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(15);

    /// <returns>Milliseconds.</returns>
    public static int Of(TimeSpan age) => (int)Math.Clamp((age - Fresh).TotalMilliseconds / 4, 0, Most.TotalMilliseconds);
}
