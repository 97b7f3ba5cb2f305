namespace Realtime.Pbm.Checks;

/// <param name="Setting">What it is about.</param>
/// <param name="Text">What is wrong, and what it leads to.</param>
/// <param name="Values">For each node what it has, where they differ.</param>
internal sealed record Finding(Severity Severity, string Setting, string Text, IReadOnlyDictionary<string, string>? Values = null);
