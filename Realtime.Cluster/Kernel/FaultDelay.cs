using System.Security.Cryptography;

namespace Realtime.Cluster.Kernel;

/// <summary>A delay that strikes by chance. The default never does.</summary>
public readonly record struct FaultDelay(FaultChance Chance, TimeSpan Most)
{
    public bool IsAny => Chance.Probability > 0;

    /// <summary>How long this time; mostly not at all.</summary>
    public TimeSpan Draw() =>
        Chance.Strikes() ? TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)Most.TotalMilliseconds + 1)) : TimeSpan.Zero;
}
