using System.Security.Cryptography;

namespace Realtime.Cluster.Kernel;

/// <summary>Something that strikes by chance. The default never does.</summary>
public readonly record struct FaultChance(double Probability)
{
    public bool Strikes() => Probability > 0 && RandomNumberGenerator.GetInt32(1_000_000) < Probability * 1_000_000;
}
