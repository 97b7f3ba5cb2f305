using Realtime.Node.Auth;

namespace Realtime.Node.Hosting;

/// <summary>By what a node judges the application's tokens.</summary>
public sealed record TokenSettings
{
    /// <summary>HS256; null: there is none.</summary>
    public string? DevelopmentKey { get; init; }

    public IReadOnlyList<TokenKey> Keys { get; init; } = [];

    /// <summary>Null: no keys are fetched.</summary>
    public KeySource? Source { get; init; }

    public TokenRules Rules { get; init; } = new();

    /// <summary>For humans.</summary>
    public override string ToString() => $"{Keys.Count} keys";
}
