namespace Realtime.Node.Asking;

/// <param name="Status">Of HTTP.</param>
/// <param name="Body">JSON.</param>
/// <param name="Detail">Why not; null for a success.</param>
internal readonly record struct ClusterAnswer(int Status, ReadOnlyMemory<byte> Body, string? Detail);
