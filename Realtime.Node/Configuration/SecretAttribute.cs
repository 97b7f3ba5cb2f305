namespace Realtime.Node.Configuration;

/// <summary>Marks an option whose value never appears in output, faults included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
