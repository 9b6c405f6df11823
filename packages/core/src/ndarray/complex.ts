/** A complex number: an element of complex64 and complex128 arrays, or a Python complex. */
export class Complex {
  readonly re: number;
  readonly im: number;
  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
}
