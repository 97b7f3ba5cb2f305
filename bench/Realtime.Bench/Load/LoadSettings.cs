namespace Realtime.Bench.Load;

/// <param name="Verify">Parse every message and check that offsets and numbers are contiguous.</param>
/// <param name="ReadBytes">Most bytes per receive: a small number cuts every frame in every place.</param>
/// <param name="FirstSource">The process uses the loopback addresses 127.0.0.<c>FirstSource</c> and the next one.</param>
/// <param name="UserToken">Every hello brings it; null: clients are nobody.</param>
internal sealed record LoadSettings(bool Verify, int ReadBytes, byte FirstSource, string? UserToken = null);
