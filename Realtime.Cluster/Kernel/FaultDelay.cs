using System.Security.Cryptography;

namespace Realtime.Cluster.Kernel;

/// <summary>A delay that strikes by chance. The default never does.</summary>
public readonly record struct FaultDelay(double Probability, TimeSpan Most)
{
    public bool IsAny => Probability > 0;

    /// <summary>How long this time; mostly not at all.</summary>
    public TimeSpan Draw() =>
        Probability > 0 && RandomNumberGenerator.GetInt32(1_000_000) < Probability * 1_000_000
            ? TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)Most.TotalMilliseconds + 1))
            : TimeSpan.Zero;
}
