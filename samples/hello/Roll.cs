using System.ComponentModel.DataAnnotations;

namespace Hello;

internal sealed record Roll([property: Range(2, 100)] int Sides);
